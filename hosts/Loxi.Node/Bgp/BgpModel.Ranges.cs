using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Node.Bgp;

// Dynamic neighbours.
internal sealed partial record BgpModel
{
    /// <summary>Most entries of dynamic neighbours.</summary>
    public const int RangeLimit = 256;

    public ImmutableDictionary<BgpRangeKey, ConfiguredRange> Ranges { get; init; } = ImmutableDictionary<BgpRangeKey, ConfiguredRange>.Empty;

    /// <summary>The entries in the order of their prefixes.</summary>
    public ImmutableArray<ConfiguredRange> RangesInOrder =>
    [
        .. Ranges.Values.OrderBy(static r => r.Network.BaseAddress, Comparer<IPAddress>.Create(AddressOrder.Compare)).ThenBy(static r => r.Network.PrefixLength)
            .ThenBy(static r => r.Key.Interface, StringComparer.Ordinal),
    ];

    /// <summary>The entry that is meant; null when there is none, or several.</summary>
    public ConfiguredRange? FindRange(IPNetwork network, string interfaceName)
    {
        ConfiguredRange[] found = [.. Ranges.Values.Where(r => IsMeant(r.Key, network, interfaceName)).Take(2)];
        return found.Length == 1 ? found[0] : null;
    }

    /// <summary>Makes an entry, or changes the one with the same prefix.</summary>
    public BgpResult PutRange(BgpDynamicNeighborArguments wire, out BgpModel desired)
    {
        desired = this;
        if (BgpReader.ReadRange(wire, this, out var problems) is not { } range)
        {
            return new BgpResult(BgpOutcome.Malformed, problems);
        }

        if (Ranges.TryGetValue(range.Key, out var there) ? there == range : Ranges.Count >= RangeLimit)
        {
            return there is null
                ? new BgpResult(BgpOutcome.LimitReached, [Problem.Of(BgpWireFields.Prefix, range.Network, $"at most {RangeLimit} entries of dynamic neighbours")])
                : new BgpResult(BgpOutcome.Unchanged);
        }

        desired = this with { Ranges = Ranges.SetItem(range.Key, range) };
        return new BgpResult(BgpOutcome.Done);
    }

    /// <summary>Takes an entry away.</summary>
    public BgpResult RemoveRange(IPNetwork network, string interfaceName, out BgpModel desired)
    {
        BgpRangeKey[] meant = [.. Ranges.Keys.Where(key => IsMeant(key, network, interfaceName))];
        desired = meant.Length == 1 ? this with { Ranges = Ranges.Remove(meant[0]) } : this;
        return meant.Length > 1
            ? new BgpResult(BgpOutcome.Malformed, [Problem.Of(BgpFields.Interface, "", $"one of {string.Join(", ", meant.Select(static key => key.Interface).Order(StringComparer.Ordinal))}: each has an entry {network}")])
            : new BgpResult(meant.Length == 0 ? BgpOutcome.NoRange : BgpOutcome.Done);
    }

    private static bool IsMeant(BgpRangeKey key, IPNetwork network, string interfaceName) =>
        key.Network == network && (interfaceName.Length == 0 || key.Interface is null || key.Interface == interfaceName);

    private ImmutableArray<BgpPeerRange> ToRanges() =>
        [.. RangesInOrder.Select(r => new BgpPeerRange(r.Network, r.Settings with { NextHopSelf = r.NextHopSelf ?? Speaker!.NextHopSelf }) { Limit = r.Limit })];
}
