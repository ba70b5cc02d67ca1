using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Core;

namespace Loxi.Node.Bgp;

// Dynamic neighbours.
internal sealed partial class BgpReader
{
    /// <summary>Reads an entry of dynamic neighbours. Of one that is in the model, what is absent stays as it is.</summary>
    /// <returns>The entry; null when there are problems.</returns>
    public static ConfiguredRange? ReadRange(BgpDynamicNeighborArguments wire, BgpModel model, out ImmutableArray<Problem> problems)
    {
        var reader = new BgpReader();
        var range = reader.ReadEntry(wire, model);
        problems = [.. reader._problems];
        return problems.IsEmpty ? range : null;
    }

    private ConfiguredRange ReadEntry(BgpDynamicNeighborArguments wire, BgpModel model)
    {
        var isPrefix = PrefixText.TryParse(wire.Prefix, out var network);
        if (!isPrefix)
        {
            _problems.Add(Problem.Of(BgpWireFields.Prefix, wire.Prefix, PrefixText.Expected));
            // What cannot be read must not keep the rest from being looked at.
            network = IPNetwork.Parse("192.0.2.0/24");
        }

        Refuse(BgpWireFields.IPAddress, wire.IPAddress, wire.IPAddress is not null, "none: the prefix says whose they are");
        Refuse(BgpWireFields.Shutdown, "true", wire.Shutdown == true, "false: whoever shall not come is not let in by an entry");
        Refuse(BgpWireFields.ShutdownText, wire.ShutdownText, wire.ShutdownText is not null, "none: an entry has no session");
        var there = isPrefix ? model.FindRange(network, wire.Interface ?? "") : null;
        var settings = ReadSettings(wire, there?.Settings ?? new BgpPeerSettings(network.BaseAddress, 0), there?.Settings, model, out var remoteAs);
        var limit = (int)Number(BgpFields.Limit, wire.Limit, 1, 10_000, there?.Limit ?? 100, 100);
        Merge(BgpConfigurationValidator.Validate(new BgpPeerRange(network, settings) { Limit = limit }, model.Speaker?.LocalAs ?? 0)
            .Where(p => (remoteAs is not null || p.Field != BgpFields.RemoteAs) && (isPrefix || p.Field != BgpFields.LocalAddress)).Select(BgpWireFields.OnWire));
        return new ConfiguredRange(network, settings) { NextHopSelf = wire.NextHopSelf ?? there?.NextHopSelf, Limit = limit };
    }

    private void Refuse(string field, string? value, bool isGiven, string expected)
    {
        if (isGiven)
        {
            _problems.Add(Problem.Of(field, value, expected));
        }
    }
}
