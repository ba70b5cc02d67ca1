using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Graceful restart (RFC 4724) with us as the helper, and long-lived graceful restart (RFC 9494).</summary>
public sealed class GracefulRestartTests
{
    private const uint LlgrStale = 0xffff_0006;

    private static readonly IPNetwork Kept = IPNetwork.Parse("203.0.113.0/25");
    private static readonly IPNetwork Lost = IPNetwork.Parse("203.0.113.128/25");

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public async Task NotAskedFor_APeerThatIsKilledTakesItsRoutesAlongAtOnce(BgpDaemon kind)
    {
        await using var lab = Lab(kind, restartTime: 120);
        lab.Ours = lab.Ours with { GracefulRestart = false, HoldTime = TimeSpan.FromSeconds(90) };
        await lab.StartUpAsync();
        await lab.Node.WaitForRouteAsync(Kept);

        await lab.Peer.Daemon.KillAsync();
        await lab.Node.WaitForNoRouteAsync(Kept);
        lab.Node.ReadPeer(lab.TheirAddress)!.LastEnd!.Code.Should().BeNull("the connection was reset, and nobody waited for the hold time");
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task PeerRestarts_ItsRoutesStayStaleMeanwhile_AndGoAtItsEndOfRibWhereItHasThemNoMore(BgpDaemon kind)
    {
        await using var lab = Lab(kind, restartTime: 60);
        await lab.StartUpAsync();
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.Families[0] is { IsEndOfRibReceived: true, Accepted: 2 }, "has sent all");

        await lab.Peer.Daemon.KillAsync();
        await lab.Node.WaitForDownAsync(lab.TheirAddress);
        lab.Node.ReadRoutes(BgpRouteKind.Received, Kept).Should().ContainSingle().Which.Should().Match<BgpRoute>(static route => route.IsStale && route.IsBest);

        lab.Peer.Configure(lab.TheirRouter with { Neighbours = [lab.Theirs], Routes = [new PeerRoute(Kept)] });
        await lab.Peer.RestartAsync();
        await lab.WaitForBothAsync();
        await lab.Node.WaitForNoRouteAsync(Lost);
        (await lab.Node.WaitForRouteAsync(Kept)).IsStale.Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task PeerDoesNotComeBack_ItsRoutesGoAfterItsRestartTime(BgpDaemon kind)
    {
        await using var lab = Lab(kind, restartTime: 3);
        await lab.StartUpAsync();
        await lab.Node.WaitForRouteAsync(Kept);

        await lab.Peer.Daemon.KillAsync();
        await lab.Node.WaitForRoutesAsync(Kept, static routes => routes is [{ IsStale: true }], "stale");
        await lab.Node.WaitForNoRouteAsync(Kept);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task LongLived_RoutesStayBeyondTheRestartTimeWithTheCommunity_AndAreFreshAfterIt(BgpDaemon kind)
    {
        await using var lab = Lab(kind, restartTime: 2);
        lab.Ours = lab.Ours with { LongLivedStaleTime = TimeSpan.FromSeconds(60) };
        lab.Theirs = lab.Theirs with { LongLivedStaleTime = 60 };
        await lab.StartUpAsync();
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.Families[0] is { IsEndOfRibReceived: true, Accepted: 2 }, "has sent all");

        await lab.Peer.Daemon.KillAsync();
        await lab.Node.WaitForRoutesAsync(Kept, static routes => routes is [{ IsStale: true } route] && route.Communities.Contains(LlgrStale), "stale for long");

        await lab.Peer.RestartAsync();
        await lab.WaitForBothAsync();
        await lab.Node.WaitForRoutesAsync(Kept, static routes => routes is [{ IsStale: false } route] && !route.Communities.Contains(LlgrStale), "fresh");
    }

    private static PairLab Lab(BgpDaemon kind, int restartTime)
    {
        var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { GracefulRestart = true };
        lab.Theirs = lab.Theirs with { RestartTime = restartTime };
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(Kept), new PeerRoute(Lost)] };
        return lab;
    }
}
