using System.Diagnostics.CodeAnalysis;
using Loxi.Core.Services;

namespace Loxi.Nat.Tables;

/// <summary>Ranges of ports that an earlier process left. The key of their service has the first port only: the last one is found in the prefixes.</summary>
internal sealed partial class ServiceTables
{
    private Dictionary<RangeOwner, List<PortPrefix>> ReadRanges()
    {
        var ranges = new Dictionary<RangeOwner, List<PortPrefix>>();
        foreach (var (key, value) in _maps.Ranges.ToArray())
        {
            var owner = new RangeOwner(WireAddress.ToNumber(key.Vip), key.Proto, key.Block, WireAddress.FromWire(value.First));
            (ranges.TryGetValue(owner, out var prefixes) ? prefixes : ranges[owner] = []).Add(new PortPrefix(WireAddress.FromWire(key.Port), (byte)(key.Prefixlen - BitsBeforePort)));
        }

        return ranges;
    }

    /// <summary>False for a range to which no prefix leads: no packet finds it.</summary>
    private static bool TryReadKey(RawServiceKey key, Dictionary<RangeOwner, List<PortPrefix>> ranges, [NotNullWhen(true)] out ServiceKey? read)
    {
        var port = WireAddress.FromWire(key.Port);
        var last = port;
        if (key.Range != 0)
        {
            if (!ranges.TryGetValue(RangeOwner.Of(key), out var prefixes))
            {
                read = null;
                return false;
            }

            last = prefixes.Max(static p => p.Last);
        }

        read = new ServiceKey(WireAddress.ToAddress(key.Vip), (ServiceProtocol)key.Proto, port, last, key.Block, "");
        return true;
    }

    private void AdoptPrefixes(ServiceSlot slot, Dictionary<RangeOwner, List<PortPrefix>> ranges)
    {
        if (slot.IsRange && ranges.Remove(RangeOwner.Of(WireKey(slot.Key)), out var prefixes))
        {
            slot.Prefixes = prefixes;
            _prefixCount += prefixes.Count;
        }
    }

    /// <summary>A process ended between the prefixes and the service that they lead to.</summary>
    private void RemoveStrayPrefixes(Dictionary<RangeOwner, List<PortPrefix>> left)
    {
        foreach (var (owner, prefixes) in left)
        {
            foreach (var prefix in prefixes)
            {
                _maps.Ranges.TryDelete(RangeKey(WireAddress.ToBytes(owner.Vip), owner.Block, owner.Protocol, prefix));
            }
        }
    }

    private readonly record struct RangeOwner(UInt128 Vip, byte Protocol, uint Block, ushort First)
    {
        public static RangeOwner Of(RawServiceKey key) => new(WireAddress.ToNumber(key.Vip), key.Proto, key.Block, WireAddress.FromWire(key.Port));
    }
}
