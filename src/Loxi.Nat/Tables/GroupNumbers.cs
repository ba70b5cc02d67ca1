using Loxi.Core.Services;

namespace Loxi.Nat.Tables;

/// <summary>
/// The numbers by which the tables know VIP groups: 0 for the default one, 1 to 255 for others while something uses them. Which number is
/// whose is kept beside the tables, so that connections that are there stay in their group when another process takes over.
/// </summary>
internal sealed class GroupNumbers
{
    private readonly Dictionary<string, Use> _uses = new(StringComparer.Ordinal);
    private readonly IndexAllocator _numbers = new(Shared.MaxGroups);
    private readonly Action<byte, string?>? _store;
    private bool _adopted;

    /// <summary>Starts with no groups but the default one.</summary>
    /// <param name="store">Told of each number that gets a name, or loses it (null); null for nobody.</param>
    public GroupNumbers(Action<byte, string?>? store = null)
    {
        _store = store;
        _numbers.TryTake(out _);
    }

    /// <summary>Groups beside the default one.</summary>
    public int Count => _uses.Count;

    /// <summary>Numbers that are free.</summary>
    public int Free => (int)(_numbers.Capacity - _numbers.InUse);

    /// <summary>The number of a group, which gets one when it has none yet; to be released.</summary>
    /// <exception cref="TableFullException">There are as many groups as there can be.</exception>
    public byte Take(string name)
    {
        if (IsDefault(name))
        {
            return 0;
        }

        if (!_uses.TryGetValue(name, out var use))
        {
            if (!_numbers.TryTake(out var number))
            {
                throw Full();
            }

            try
            {
                _store?.Invoke((byte)number, name);
            }
            catch
            {
                _numbers.Free(number);
                throw;
            }

            _uses[name] = use = new Use((byte)number);
        }

        use.Users++;
        return use.Number;
    }

    /// <summary>One user less; the last one gives the number back.</summary>
    public void Release(string name)
    {
        if (!IsDefault(name) && _uses.TryGetValue(name, out var use) && --use.Users == 0 && !_adopted)
        {
            GiveBack(name, use);
        }
    }

    public bool TryGet(string name, out byte number)
    {
        number = 0;
        if (IsDefault(name))
        {
            return true;
        }

        var there = _uses.TryGetValue(name, out var use);
        number = use?.Number ?? 0;
        return there;
    }

    /// <summary>The name of a number; null when it has none.</summary>
    public string? NameOf(byte number) =>
        number == 0 ? VipGroups.Default : _uses.FirstOrDefault(e => e.Value.Number == number).Key;

    /// <summary>What an earlier process has given. Names keep their numbers until <see cref="Tidy"/>, used or not.</summary>
    public void Adopt(IReadOnlyDictionary<byte, string> names)
    {
        _adopted = true;
        _numbers.Adopt(names.Keys.Select(static n => (uint)n).Append(0u).ToHashSet());
        foreach (var (number, name) in names)
        {
            _uses[name] = new Use(number);
        }
    }

    /// <summary>Gives back the numbers that were adopted and that nothing uses.</summary>
    public void Tidy()
    {
        _adopted = false;
        foreach (var (name, use) in _uses.Where(static e => e.Value.Users == 0).ToArray())
        {
            GiveBack(name, use);
        }
    }

    public static TableFullException Full() => new("VIP groups", Shared.MaxGroups);

    private static bool IsDefault(string name) => name == VipGroups.Default;

    private void GiveBack(string name, Use use)
    {
        _uses.Remove(name);
        _numbers.Free(use.Number);
        _store?.Invoke(use.Number, null);
    }

    private sealed class Use(byte number)
    {
        public byte Number { get; } = number;

        public int Users { get; set; }
    }
}
