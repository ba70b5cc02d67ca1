using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Route refresh (RFC 2918), and enhanced (RFC 7313) with FRR and BIRD, which both have it.</summary>
public sealed class RefreshTests
{
    private static readonly IPNetwork Our = Some.Our(BgpFamily.Ipv4Unicast);
    private static readonly IPNetwork Their = Some.Their(BgpFamily.Ipv4Unicast);

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    // GoBGP keeps what it has received and asks nobody.
    public static TheoryData<BgpDaemon> Askers => new(Cases.Routers);

    [Theory]
    [MemberData(nameof(Askers))]
    [Trait("Suite", Suites.Quick)]
    public async Task TheyAsk_WeSendAllOnceMore_AndNothingIsWithdrawn(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our));
        await lab.Peer.WaitForPathAsync(Our);
        await lab.Node.Speaker.FlushAsync(TimeSpan.FromSeconds(10));
        var before = lab.Node.ReadPeer(lab.TheirAddress)!.Counters;

        lab.Peer.RequestRefresh(lab.OurAddress);
        var after = await lab.Node.WaitForPeerAsync(lab.TheirAddress, report => report.Counters.RefreshesReceived > before.RefreshesReceived && report.Counters.UpdatesSent > before.UpdatesSent, "asked and answered");

        after.Counters.RefreshesSent.Should().BeGreaterThanOrEqualTo(before.RefreshesSent + 2, "RFC 7313 4: the begin and the end are marked");
        after.Counters.Established.Should().Be(1);
        lab.Peer.ReadPaths(Our).Should().ContainSingle();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public async Task SoftIn_WeAsk_TheySendAllOnceMore_AndNothingIsWithdrawn(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(Their)] };
        if (kind == BgpDaemon.Frr)
        {
            // FRR 8.4 does not answer before its End-of-RIB, which it sends with graceful restart alone.
            lab.Theirs = lab.Theirs with { RestartTime = 30 };
            lab.Ours = lab.Ours with { GracefulRestart = true };
        }

        await lab.StartUpAsync();
        await lab.Node.WaitForRouteAsync(Their);
        if (kind == BgpDaemon.Frr)
        {
            await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.Families[0].IsEndOfRibReceived, "all told");
        }

        var before = await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.Families[0].Received == 1, "one route");

        lab.Node.Speaker.Reset(before.Key, BgpResetKind.SoftIn).Should().BeTrue();
        var after = await lab.Node.WaitForPeerAsync(
            lab.TheirAddress, report => report.Counters.UpdatesReceived > before.Counters.UpdatesReceived && report.Counters.RefreshesSent > before.Counters.RefreshesSent, "asked and answered");

        after.Counters.Established.Should().Be(1);
        // The marks of an enhanced refresh frame it where the peer has them (RFC 7313 4); what is not sent between them would be gone.
        if (after.Session!.Capabilities.Any(static name => name.Contains("enhanced", StringComparison.OrdinalIgnoreCase)))
        {
            await lab.Node.WaitForPeerAsync(lab.TheirAddress, report => report.Counters.RefreshesReceived >= before.Counters.RefreshesReceived + 2, "begin and end marked");
        }

        (await lab.Node.WaitForRouteAsync(Their)).Rejection.Should().BeNull();
        lab.Node.ReadPeer(lab.TheirAddress)!.Families[0].Should().BeEquivalentTo(new { Received = 1, Stale = 0 });
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task SoftOut_WeSendAllOnceMore(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our));
        await lab.Peer.WaitForPathAsync(Our);
        var before = lab.Node.ReadPeer(lab.TheirAddress)!;

        lab.Node.Speaker.Reset(before.Key, BgpResetKind.SoftOut).Should().BeTrue();
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, report => report.Counters.UpdatesSent > before.Counters.UpdatesSent, "has been sent it once more");

        lab.Peer.ReadPaths(Our).Should().ContainSingle();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task Hard_TheSessionEndsWithAdministrativeReset_AndComesBack(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        var (ours, _) = await lab.StartUpAsync();

        lab.Node.Speaker.Reset(ours.Key, BgpResetKind.Hard).Should().BeTrue();
        await lab.Peer.WaitForCeaseAsync(4);
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report is { State: BgpState.Established, Counters.Established: 2 }, "Established again");
    }
}
