using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Peers that are known by a range of addresses only, on our side or on theirs.</summary>
public sealed class DynamicPeerTests
{
    private static readonly IPNetwork Range = IPNetwork.Parse("192.0.2.0/24");
    private static readonly IPNetwork Our = Some.Our(BgpFamily.Ipv4Unicast);
    private static readonly IPNetwork Their = Some.Their(BgpFamily.Ipv4Unicast);

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public async Task OursAcceptsARange_PeerConnects_RoutesGoBothWays_AndItIsForgottenWhenItIsGone(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(Their)], Neighbours = [lab.Theirs] };
        lab.Peer.Configure(lab.TheirRouter);
        await lab.Peer.StartAsync();
        lab.Node.Configuration = lab.Node.Configuration with { PeerRanges = [new BgpPeerRange(Range, lab.Ours with { LocalAddress = null })] };
        await lab.Node.StartAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our));

        (await lab.Node.WaitForEstablishedAsync(lab.TheirAddress)).IsDynamic.Should().BeTrue();
        await lab.Node.WaitForRouteAsync(Their);
        await lab.Peer.WaitForPathAsync(Our);

        await lab.Peer.Daemon.StopAsync();
        await lab.Node.WaitForNoRouteAsync(Their);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task TheirsAcceptsARange_WeConnect_RoutesGoBothWays(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Theirs = lab.Theirs with { Range = Range, Passive = true };
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(Their)] };
        await lab.StartAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our));

        await lab.Node.WaitForEstablishedAsync(lab.TheirAddress);
        await lab.Node.WaitForRouteAsync(Their);
        await lab.Peer.WaitForPathAsync(Our);
    }
}
