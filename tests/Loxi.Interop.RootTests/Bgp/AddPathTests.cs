using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Several paths of a prefix over one session (RFC 7911). BIRD on host 3, and on host 4, is where a second path comes from.</summary>
public sealed class AddPathTests
{
    private const uint OurAs = 64500;
    private const uint TheirAs = 64501;

    private static readonly IPNetwork Prefix = IPNetwork.Parse("203.0.113.0/24");

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public async Task PeerHasTwoPaths_WeHaveBoth_AndLoseTheOneThatItLoses(BgpDaemon kind)
    {
        await using var lab = new BgpLab();
        var source = await SourceAsync(lab, 3, neighbour: 2, TheirAs);
        var peer = lab.Peer(2, kind);
        peer.Configure(new RouterSettings(TheirAs, BgpLab.V4(2)) { Neighbours = [Neighbour(2, 1, OurAs) with { AddPath = true }, Neighbour(2, 3, 64503)], Routes = [new PeerRoute(Prefix)] });
        await peer.StartAsync();
        var node = lab.Node(1, OurAs, Ours(2, TheirAs) with { AddPathReceive = true });
        await node.StartAsync();

        var routes = await node.WaitForRoutesAsync(Prefix, static found => found.Length == 2, "two paths");
        routes.Select(static route => route.AsPath).Should().BeEquivalentTo("64501", "64501 64503");
        routes.Select(static route => route.PathId).Should().OnlyHaveUniqueItems();
        routes.Where(static route => route.IsBest).Should().ContainSingle().Which.AsPath.Should().Be("64501");

        source.Withdraw(Prefix);
        (await node.WaitForRouteAsync(Prefix)).AsPath.Should().Be("64501");
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task WeHaveTwoPaths_ThePeerHasBoth_AndLosesTheOneThatWeLose(BgpDaemon kind)
    {
        await using var lab = new BgpLab();
        var first = await SourceAsync(lab, 3, neighbour: 1, OurAs);
        await SourceAsync(lab, 4, neighbour: 1, OurAs);
        var peer = lab.Peer(2, kind);
        peer.Configure(new RouterSettings(TheirAs, BgpLab.V4(2)) { Neighbours = [Neighbour(2, 1, OurAs) with { AddPath = true }] });
        await peer.StartAsync();
        var node = lab.Node(1, OurAs, Ours(2, TheirAs) with { AddPathSend = 4, ExportDefaultAccept = true }, Ours(3, 64503), Ours(4, 64504));
        await node.StartAsync();

        var paths = await peer.WaitForPathsAsync(Prefix, static found => found.Count == 2, "two paths");
        paths.Select(static path => path.AsPath).Should().BeEquivalentTo("64500 64503", "64500 64504");

        first.Withdraw(Prefix);
        (await peer.WaitForPathAsync(Prefix)).AsPath.Should().Be("64500 64504");
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task PeerDoesNotTakeSeveral_ItHasTheBest(BgpDaemon kind)
    {
        await using var lab = new BgpLab();
        var source = await SourceAsync(lab, 3, neighbour: 1, OurAs);
        await SourceAsync(lab, 4, neighbour: 1, OurAs, 64510);
        var peer = lab.Peer(2, kind);
        var settings = Neighbour(2, 1, OurAs);
        peer.Configure(new RouterSettings(TheirAs, BgpLab.V4(2)) { Neighbours = [kind == BgpDaemon.Frr ? settings with { FamilyExtra = ["disable-addpath-rx"] } : settings] });
        await peer.StartAsync();
        var node = lab.Node(1, OurAs, Ours(2, TheirAs) with { AddPathSend = 4, ExportDefaultAccept = true }, Ours(3, 64503), Ours(4, 64504));
        await node.StartAsync();
        await node.WaitForRoutesAsync(Prefix, static found => found.Length == 2, "two paths");

        (await peer.WaitForPathsAsync(Prefix, static found => found is [{ AsPath: "64500 64503" }], "the shorter")).Should().HaveCount(1);
        source.Withdraw(Prefix);
        await peer.WaitForPathsAsync(Prefix, static found => found is [{ AsPath: "64500 64504 64510" }], "the other");
    }

    private static async Task<BgpPeer> SourceAsync(BgpLab lab, int host, int neighbour, uint remoteAs, params uint[] path)
    {
        var source = lab.Peer(host, BgpDaemon.Bird);
        source.Configure(new RouterSettings(64500 + (uint)host, BgpLab.V4(host)) { Neighbours = [Neighbour(host, neighbour, remoteAs)], Routes = [new PeerRoute(Prefix) { AsPath = [.. path] }] });
        await source.StartAsync();
        return source;
    }

    private static NeighbourSettings Neighbour(int host, int neighbour, uint remoteAs) => new(BgpLab.V4(neighbour), remoteAs) { Local = BgpLab.V4(host) };

    private static BgpPeerSettings Ours(int host, uint remoteAs) => new(BgpLab.V4(host), remoteAs) { Families = [BgpFamily.Ipv4Unicast], ImportDefaultAccept = true };
}
