using System.Net;
using Loxi.Bgp.Policy;
using Loxi.Bgp.Rib;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Rib;

/// <summary>A RIB of AS 64500 and peers of it.</summary>
internal sealed class RibLab
{
    internal const uint LocalAs = 64500;

    private int _peers;

    internal RibLab(BgpPolicies? policies = null, BgpSpeakerSettings? speaker = null)
        => Rib = new(speaker ?? new BgpSpeakerSettings(LocalAs, IPAddress.Parse("10.0.0.1")), policies ?? new());

    internal BgpRib Rib { get; }

    internal static BgpPolicies AcceptAll { get; } = new() { Policies = [new("all", [new("s") { Actions = new() { Disposition = BgpRouteDisposition.Accept } }])] };

    internal static Prefix Prefix(string text) => PrefixMatcher.ToPrefix(IPNetwork.Parse(text));

    internal static string Text(in Prefix prefix) => RouteText.ToNetwork(prefix).ToString();

    internal static void Settle(BgpRib rib)
    {
        while (rib.Work(10_000))
        {
        }
    }

    /// <summary>A peer whose routes are accepted and which gets learned ones.</summary>
    internal TestPeer Transit(uint remoteAs, Func<BgpPeerSettings, BgpPeerSettings>? change = null)
        => Peer(remoteAs, s => (change ?? (x => x))(s with { ImportDefaultAccept = true, ExportDefaultAccept = true }));

    internal TestPeer Peer(uint remoteAs, Func<BgpPeerSettings, BgpPeerSettings>? change = null) => Add(Settings(remoteAs, change)).Up();

    internal BgpPeerSettings Settings(uint remoteAs, Func<BgpPeerSettings, BgpPeerSettings>? change = null)
    {
        var settings = new BgpPeerSettings(IPAddress.Parse($"10.0.0.{10 + _peers++}"), remoteAs);
        return change is null ? settings : change(settings);
    }

    internal TestPeer Add(BgpPeerSettings settings)
        => new(Rib, settings) { Identifier = 0x0A000000u + settings.Address.GetAddressBytes()[3] };

    internal string? Best(string prefix)
    {
        var parsed = Prefix(prefix);
        var family = Rib[parsed.Family];
        var number = family.Prefixes.Find(parsed);
        if (number == 0 || family.Prefixes[number].Best == 0)
        {
            return null;
        }

        var peer = family.Paths[family.Prefixes[number].Best].Peer;
        return peer == 0 ? "own" : Rib.Peer(peer).ToString();
    }

    internal RouteRejection Rejection(string prefix, TestPeer peer)
    {
        var parsed = Prefix(prefix);
        var family = Rib[parsed.Family];
        for (var index = family.Prefixes[family.Prefixes.Find(parsed)].FirstPath; index != 0; index = family.Paths[index].Next)
        {
            if (family.Paths[index].Peer == peer.Peer.Number)
            {
                return family.Paths[index].Rejection;
            }
        }

        throw new InvalidOperationException($"{prefix} was not received from {peer.Peer}");
    }
}
