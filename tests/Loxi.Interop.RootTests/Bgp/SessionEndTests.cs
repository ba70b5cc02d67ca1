using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>How sessions end, on purpose or not, what is told, and that they come back.</summary>
public sealed class SessionEndTests
{
    private const uint GracefulShutdown = 0xffff_0000;

    private static readonly IPNetwork Our = Some.Our(BgpFamily.Ipv4Unicast);
    private static readonly IPNetwork Their = Some.Their(BgpFamily.Ipv4Unicast);

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public async Task AdministrativelyDownHere_PeerReadsWhy_AndItIsUpAgainWhenReleased(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        await lab.StartUpAsync();

        await lab.ChangeAsync(static settings => settings with { AdministrativelyDown = true }, "new disks");
        await lab.Peer.WaitForCeaseAsync(2, "new disks");
        var down = await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.State == BgpState.Idle, "Idle");
        down.LastEnd.Should().Match<BgpSessionEnd>(static end => end.Code == 6 && end.Subcode == 2 && !end.IsRemote);

        await lab.ChangeAsync(static settings => settings with { AdministrativelyDown = false });
        await lab.WaitForBothAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task AdministrativelyDownThere_WeKnowWhy_AndItIsUpAgainWhenReleased(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(Their)] };
        await lab.StartUpAsync();
        await lab.Node.WaitForRouteAsync(Their);

        lab.Peer.SetAdministrativelyDown(lab.OurAddress, true, "for the night");
        await lab.Node.WaitForNoRouteAsync(Their);
        var end = lab.Node.ReadPeer(lab.TheirAddress)!.LastEnd!;
        (end.IsRemote, end.Code, end.Subcode).Should().Be((true, (byte?)6, (byte?)2));
        if (kind != BgpDaemon.GoBgp)
        {
            end.Text.Should().Contain("for the night");
        }

        lab.Peer.SetAdministrativelyDown(lab.OurAddress, false);
        await lab.WaitForBothAsync();
        await lab.Node.WaitForRouteAsync(Their);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task PeerRemovedHere_IsToldSo(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        await lab.StartUpAsync();

        await lab.Node.ApplyAsync(static configuration => configuration with { Peers = [] });
        await lab.Peer.WaitForDownAsync(lab.OurAddress);
        await lab.Peer.WaitForCeaseAsync(3);
        lab.Node.ReadPeer(lab.TheirAddress).Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task PeerKilledAndStartedAgain_RoutesOfBothSidesGoAndComeBack(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(Their)] };
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our));
        await lab.Node.WaitForRouteAsync(Their);

        await lab.Peer.Daemon.KillAsync();
        await lab.Node.WaitForNoRouteAsync(Their);
        await lab.Peer.StartAsync();
        await lab.WaitForBothAsync();

        await lab.Node.WaitForRouteAsync(Their);
        await lab.Peer.WaitForPathAsync(Our);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task HoldTimeOfThreeSeconds_IsKept_AndASilentPathIsFoundByBoth(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { HoldTime = TimeSpan.FromSeconds(3) };
        lab.Theirs = lab.Theirs with { HoldTime = 3, KeepaliveInterval = 1 };
        var (ours, theirs) = await lab.StartUpAsync();
        (ours.Session!.HoldTime, ours.Session.KeepaliveInterval, theirs.HoldTime).Should().Be((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1), 3));
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, report => report.Counters.MessagesReceived >= ours.Counters.MessagesReceived + 6, "has sent six messages more");
        lab.Node.ReadPeer(lab.TheirAddress)!.Counters.Established.Should().Be(1);

        lab.Unplug();
        var silence = TimeProvider.System.GetTimestamp();
        var down = await lab.Node.WaitForDownAsync(lab.TheirAddress);
        TimeProvider.System.GetElapsedTime(silence).Should().BeGreaterThan(TimeSpan.FromSeconds(1)).And.BeLessThan(TimeSpan.FromSeconds(5));
        down.LastEnd.Should().Match<BgpSessionEnd>(static end => end.Code == 4 && !end.IsRemote);
        await lab.Peer.WaitForDownAsync(lab.OurAddress);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public async Task BfdDown_EndsTheSessionAtOnce_WithItsOwnSubcode(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { Bfd = BgpBfdMode.Follow, HoldTime = TimeSpan.FromSeconds(90) };
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(Their)] };
        var (ours, _) = await lab.StartUpAsync();
        await lab.Node.WaitForRouteAsync(Their);
        lab.Node.Speaker.SetBfdState(ours.Key, BgpBfdState.Up, isControlPlaneIndependent: false);

        lab.Node.Speaker.SetBfdState(ours.Key, BgpBfdState.Down, isControlPlaneIndependent: false);
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.LastEnd is { Code: 6, Subcode: 10, IsRemote: false }, "ended by BFD (RFC 9384)");
        await lab.Peer.WaitForCeaseAsync(10);

        lab.Node.Speaker.SetBfdState(ours.Key, BgpBfdState.Up, isControlPlaneIndependent: false);
        await lab.WaitForBothAsync();
        await lab.Node.WaitForRouteAsync(Their);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task BfdStrict_NoSessionBeforeBfdIsUp(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { Bfd = BgpBfdMode.StrictLocal };
        await lab.StartAsync();
        var held = await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.Counters.ConnectAttempts > 0 || report.Held is not null, "has been tried or is held");
        held.State.Should().NotBe(BgpState.Established);

        lab.Node.Speaker.SetBfdState(held.Key, BgpBfdState.Up, isControlPlaneIndependent: false);
        await lab.WaitForBothAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task PlannedStop_PeersHearGracefulShutdownThenTheWithdrawalThenTheEnd(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our) { Med = 10 });
        await lab.Peer.WaitForPathsAsync(Our, static paths => paths is [{ Med: 10 }], "announced");

        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our) { Med = 10, Communities = [GracefulShutdown], LocalPreference = 0 });
        (await lab.Node.Speaker.FlushAsync(TimeSpan.FromSeconds(10))).Should().BeTrue();
        await lab.Peer.WaitForPathsAsync(Our, static paths => paths is [var path] && path.Communities.Contains(GracefulShutdown), "RFC 8326");
        await lab.Node.AnnounceAsync();
        (await lab.Node.Speaker.FlushAsync(TimeSpan.FromSeconds(10))).Should().BeTrue();
        await lab.Peer.WaitForNoPathAsync(Our);
        lab.Peer.ReadSession(lab.OurAddress)!.IsEstablished.Should().BeTrue();

        await lab.Node.Speaker.DisposeAsync();
        await lab.Peer.WaitForCeaseAsync(2);
        await lab.Peer.WaitForDownAsync(lab.OurAddress);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task SpeakerStartedAgain_IsUpAgain(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        await lab.StartUpAsync();

        await lab.Node.RestartAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our));
        await lab.WaitForBothAsync();
        await lab.Peer.WaitForPathAsync(Our);
    }
}
