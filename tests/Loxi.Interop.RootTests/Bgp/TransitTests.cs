using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Two routers at one node: it is no way between them.</summary>
public sealed class TransitTests
{
    private static readonly IPNetwork Our = Some.Our(BgpFamily.Ipv4Unicast);

    public static TheoryData<BgpDaemon, BgpDaemon, bool> Pairs => new()
    {
        { BgpDaemon.Frr, BgpDaemon.Bird, false },
        { BgpDaemon.Bird, BgpDaemon.GoBgp, false },
        { BgpDaemon.GoBgp, BgpDaemon.Frr, false },
        { BgpDaemon.Frr, BgpDaemon.Bird, true },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    [Trait("Suite", Suites.Quick)]
    public async Task NeitherRouterHasARouteOfTheOther_AndBothHaveOurs(BgpDaemon left, BgpDaemon right, bool isInternal)
    {
        await using var lab = new BgpLab();
        var (a, theirA) = await StartAsync(lab, 2, left, isInternal ? 64500u : 64502);
        var (b, theirB) = await StartAsync(lab, 3, right, 64503);
        var node = lab.Node(1, 64500, Ours(2, isInternal ? 64500u : 64502), Ours(3, 64503));
        await node.StartAsync();
        await node.WaitForRoutesAsync(theirA, static routes => routes.Length == 1, "learned", BgpRouteKind.Best);
        await node.WaitForRoutesAsync(theirB, static routes => routes.Length == 1, "learned", BgpRouteKind.Best);

        // What was due before goes out before it.
        await node.AnnounceAsync(new BgpAdvertisement(Our));
        await a.WaitForPathAsync(Our);
        await b.WaitForPathAsync(Our);
        (await node.Speaker.FlushAsync(TimeSpan.FromSeconds(10))).Should().BeTrue();

        a.ReadPaths(theirB).Should().BeEmpty();
        b.ReadPaths(theirA).Should().BeEmpty();
        node.Speaker.ReadPeers().Select(static peer => peer.Families.Single().Advertised).Should().Equal(1, 1);
    }

    private static async Task<(BgpPeer Peer, IPNetwork Route)> StartAsync(BgpLab lab, int host, BgpDaemon kind, uint localAs)
    {
        var route = new IPNetwork(IPAddress.Parse($"203.0.113.{host * 16}"), 28);
        var peer = lab.Peer(host, kind);
        peer.Configure(new RouterSettings(localAs, BgpLab.V4(host)) { Neighbours = [new NeighbourSettings(BgpLab.V4(1), 64500) { Local = BgpLab.V4(host) }], Routes = [new PeerRoute(route)] });
        await peer.StartAsync();
        return (peer, route);
    }

    private static BgpPeerSettings Ours(int host, uint remoteAs) => new(BgpLab.V4(host), remoteAs) { Families = [BgpFamily.Ipv4Unicast], ImportDefaultAccept = true };
}
