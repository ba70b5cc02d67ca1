using System.Net;
using Loxi.Core.Services;

namespace Loxi.Nat.Tables;

/// <summary>
/// Services with a range of ports, and which kinds of services there are at all: the programs look for what is not there as little as can be.
/// </summary>
internal sealed partial class ServiceTables
{
    /// <summary>Bits of the key of `ranges` before the port.</summary>
    private const int BitsBeforePort = 128 + 32 + 8 + 8;

    private readonly Dictionary<(IPAddress Vip, ServiceProtocol Protocol, uint Block), List<ServiceSlot>> _ranges = [];
    private int _rangeCount;
    private int _blockCount;
    private int _hostCount;
    private int _prefixCount;

    /// <summary>Services with a block.</summary>
    public int BlockCount => _blockCount;

    /// <summary>A service in force whose range has ports in common with the given one; null when there is none.</summary>
    /// <param name="key">The range.</param>
    /// <param name="except">Services that do not count.</param>
    public ServiceKey? FindOverlap(ServiceKey key, IReadOnlySet<ServiceKey> except) =>
        _ranges.GetValueOrDefault((key.Vip, key.Protocol, key.Block))?
            .Find(s => s.Desired is not null && s.Key != key && Overlaps(s.Key, key) && !except.Contains(s.Key))?.Key;

    public static bool Overlaps(ServiceKey left, ServiceKey right) => left.Port <= right.PortMax && right.Port <= left.PortMax;

    /// <summary>Whether two different services cannot be in the tables side by side: they have the same first port or ports of a range in common.</summary>
    public static bool AreInTheWay(ServiceKey left, ServiceKey right) =>
        left != right && left.Vip.Equals(right.Vip) && left.Protocol == right.Protocol && left.Block == right.Block
        && (left.PortMax > left.Port) == (right.PortMax > right.Port) && Overlaps(left, right);

    /// <summary>Written before the service: until it is there, its prefixes lead to nothing.</summary>
    private void WritePrefixes(ServiceSlot slot)
    {
        if (!slot.IsRange)
        {
            return;
        }

        var missing = PortRanges.Prefixes(slot.Key.Port, slot.Key.PortMax).Except(slot.Prefixes).ToArray();
        if (_prefixCount + missing.Length > _maps.Ranges.Map.MaxEntries)
        {
            throw new TableFullException("prefixes of port ranges", _maps.Ranges.Map.MaxEntries);
        }

        slot.Prefixes = [.. slot.Prefixes, .. missing];
        _prefixCount += missing.Length;
        var value = new RawRange { First = WireAddress.ToWire(slot.Key.Port) };
        foreach (var prefix in missing)
        {
            _maps.Ranges.Update(RangeKey(slot.Key, prefix), value);
        }
    }

    private void RemovePrefixes(ServiceSlot slot)
    {
        foreach (var prefix in slot.Prefixes)
        {
            _maps.Ranges.TryDelete(RangeKey(slot.Key, prefix));
        }

        _prefixCount -= slot.Prefixes.Count;
        slot.Prefixes = [];
    }

    /// <summary>What an earlier process left and nobody wants has the same first port or the same prefixes as the new one, and would take them with it.</summary>
    private void RemoveAdoptedInTheWayOf(ServiceKey key)
    {
        if (key.PortMax > key.Port && _ranges.TryGetValue((key.Vip, key.Protocol, key.Block), out var ranges))
        {
            foreach (var slot in ranges.Where(s => s.Desired is null && s.Key != key && Overlaps(s.Key, key)).ToArray())
            {
                Remove(slot.Key);
            }
        }
    }

    /// <summary>Counts a service among its kinds. A bit of the control word is set before the first one is written and cleared after the last one is gone.</summary>
    private void NoteKind(ServiceSlot slot, int change)
    {
        if (slot.IsRange)
        {
            Note(ref _rangeCount, change, Shared.ControlRanges);
            var place = (slot.Key.Vip, slot.Key.Protocol, slot.Key.Block);
            if (change > 0)
            {
                (_ranges.TryGetValue(place, out var there) ? there : _ranges[place] = []).Add(slot);
            }
            else if (_ranges[place].Remove(slot) && _ranges[place].Count == 0)
            {
                _ranges.Remove(place);
            }
        }

        if (slot.Key.Block != 0)
        {
            Note(ref _blockCount, change, Shared.ControlBlocks);
        }

        if (IsUnspecified(slot.Key.Vip))
        {
            Note(ref _hostCount, change, Shared.ControlHost);
        }
    }

    /// <summary>The bits of the control word as an earlier process left them may be of services that are gone.</summary>
    private void ClearKindsThatAreGone()
    {
        Note(ref _rangeCount, 0, Shared.ControlRanges);
        Note(ref _blockCount, 0, Shared.ControlBlocks);
        Note(ref _hostCount, 0, Shared.ControlHost);
    }

    private void Note(ref int count, int change, int flag)
    {
        count += change;
        _maps.SetControlFlag(flag, count > 0);
    }

    private static RawRangeKey RangeKey(ServiceKey key, PortPrefix prefix) => RangeKey(WireAddress.From(key.Vip), key.Block, (byte)key.Protocol, prefix);

    private static RawRangeKey RangeKey(Bytes16 vip, uint block, byte protocol, PortPrefix prefix) => new()
    {
        Prefixlen = (uint)(BitsBeforePort + prefix.Bits),
        Vip = vip,
        Block = block,
        Proto = protocol,
        Port = WireAddress.ToWire(prefix.Port),
    };
}
