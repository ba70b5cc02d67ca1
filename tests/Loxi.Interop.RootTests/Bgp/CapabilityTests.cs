using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Peers that lack a capability, and those with one that is rare.</summary>
public sealed class CapabilityTests
{
    private static readonly IPNetwork Our = Some.Our(BgpFamily.Ipv4Unicast);
    private static readonly IPNetwork Their = Some.Their(BgpFamily.Ipv4Unicast);

    public static TheoryData<BgpDaemon, string> Lacking => new()
    {
        { BgpDaemon.Bird, "capabilities off;" },
        { BgpDaemon.Bird, "enable route refresh off;" },
        { BgpDaemon.Bird, "enable extended messages on;" },
        { BgpDaemon.Frr, "dont-capability-negotiate" },
    };

    public static TheoryData<BgpDaemon, string, string> RolesOf => new()
    {
        { BgpDaemon.Frr, "local-role provider", "local-role customer" },
        { BgpDaemon.Bird, "local role provider;", "local role customer;" },
    };

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    [Theory]
    [MemberData(nameof(Lacking))]
    public async Task OfferedLessThanWe_RoutesGoBothWays(BgpDaemon kind, string line)
    {
        await using var lab = new PairLab(kind);
        // All that can be offered.
        lab.Ours = lab.Ours with { GracefulRestart = true, LongLivedStaleTime = TimeSpan.FromSeconds(60), AddPathReceive = true, AddPathSend = 2, Ipv4OverIpv6NextHop = true };
        lab.Theirs = lab.Theirs with { Extra = [line] };
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(Their)] };
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our));

        await lab.Node.WaitForRouteAsync(Their);
        await lab.Peer.WaitForPathAsync(Our);
        lab.Node.ReadPeer(lab.TheirAddress)!.Counters.Established.Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task NoFamilyInCommon_TheSessionDoesNotCarryTheOther(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { Families = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast] };
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Some.Our(BgpFamily.Ipv6Unicast)) { NextHop = BgpLab.V6(1) }, new BgpAdvertisement(Our));

        await lab.Peer.WaitForPathAsync(Our);
        (await lab.Node.Speaker.FlushAsync(TimeSpan.FromSeconds(10))).Should().BeTrue();
        lab.Peer.ReadPaths(Some.Our(BgpFamily.Ipv6Unicast)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(BgpDaemon.Frr)]
    [InlineData(BgpDaemon.Bird)]
    public async Task NoHoldTime_TheSessionIsUpWithoutKeepalives(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { HoldTime = TimeSpan.Zero };
        lab.Theirs = lab.Theirs with { HoldTime = 0, KeepaliveInterval = 0 };
        var (ours, _) = await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our));

        await lab.Peer.WaitForPathAsync(Our);
        ours.Session!.HoldTime.Should().Be(TimeSpan.Zero);
    }

    [Theory]
    [MemberData(nameof(RolesOf))]
    public async Task Roles_Rfc9234_ThatFitAreUp_AndThoseThatDoNotAreRefused(BgpDaemon kind, string provider, string customer)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { Role = BgpRole.Customer, RoleStrict = true };
        lab.Theirs = lab.Theirs with { Extra = [provider] };
        await lab.StartUpAsync();

        await lab.Peer.Daemon.KillAsync();
        await lab.Node.WaitForDownAsync(lab.TheirAddress);
        lab.Theirs = lab.Theirs with { Extra = [customer] };
        lab.Peer.Configure(lab.TheirRouter with { Neighbours = [lab.Theirs] });
        await lab.Peer.StartAsync();
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.LastEnd is { Code: 2, Subcode: 11 }, "refused with Role Mismatch");
    }
}
