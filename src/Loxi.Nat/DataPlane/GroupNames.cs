using System.Runtime.CompilerServices;
using System.Text;
using Loxi.Core.Services;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Nat.Tables;

namespace Loxi.Nat.DataPlane;

/// <summary>The names of the VIP groups by their numbers, pinned beside the tables. Only user space reads them.</summary>
internal sealed class GroupNames : IDisposable
{
    private const string PinName = "group_names";

    private readonly BpfMap _map;
    private readonly TypedMap<uint, Name> _names;

    private GroupNames(BpfMap map)
    {
        _map = map;
        _names = new TypedMap<uint, Name>(map);
    }

    /// <summary>Opens what an earlier process left, or makes it.</summary>
    public static GroupNames Open(PinDirectory pins)
    {
        if (pins.TryOpenMap(PinName, null, out var pinned))
        {
            return new GroupNames(pinned!);
        }

        var map = BpfMap.Create(BpfMapType.Array, sizeof(uint), Unsafe.SizeOf<Name>(), Shared.MaxGroups, BpfMapFlags.None, "loxi_groups");
        try
        {
            pins.Pin(map, PinName);
            return new GroupNames(map);
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>The names that are there.</summary>
    public IReadOnlyDictionary<byte, string> Read()
    {
        var names = new Dictionary<byte, string>();
        foreach (var (number, name) in _names.ToArray())
        {
            ReadOnlySpan<byte> bytes = name;
            if (bytes[0] is > 0 and <= NameRules.Length)
            {
                names[(byte)number] = Encoding.UTF8.GetString(bytes.Slice(1, bytes[0]));
            }
        }

        return names;
    }

    /// <summary>Gives a number a name, or takes it (null).</summary>
    public void Store(byte number, string? name)
    {
        var stored = default(Name);
        Span<byte> bytes = stored;
        bytes[0] = (byte)Encoding.UTF8.GetBytes(name ?? "", bytes[1..]);
        _names.Update(number, stored);
    }

    public void Dispose() => _map.Dispose();

    /// <summary>The length, then the text.</summary>
    [InlineArray(1 + NameRules.Length)]
    private struct Name
    {
        private byte _element;
    }
}
