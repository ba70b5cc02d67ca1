using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Settings of a peer that the other tests leave alone.</summary>
public sealed class SettingTests
{
    private static readonly IPNetwork First = IPNetwork.Parse("203.0.113.0/25");
    private static readonly IPNetwork Second = IPNetwork.Parse("203.0.113.128/25");
    private static readonly IPNetwork Our = Some.Our(BgpFamily.Ipv4Unicast);

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task LocalAs_IsWhatThePeerSees(BgpDaemon kind)
    {
        const uint forThisPeer = 64_999;
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { LocalAs = forThisPeer };
        lab.Theirs = new NeighbourSettings(lab.OurAddress, forThisPeer) { Local = lab.TheirAddress };
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our));

        (await lab.Peer.WaitForPathAsync(Our)).AsPath.Should().StartWith("64999");
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task OwnAsInThePath_IsRejected_AndTakenWhereItIsAllowed(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(First) { AsPath = [64510, PairLab.OurAs] }, new PeerRoute(Second)] };
        await lab.StartUpAsync();
        await lab.Node.WaitForRoutesAsync(Second, static routes => routes.Length == 1, "accepted", BgpRouteKind.Best);
        (await lab.Node.WaitForRoutesAsync(First, static routes => routes.Length == 1, "a loop", BgpRouteKind.Rejected))[0].Rejection.Should().NotBeNullOrEmpty();

        await lab.ChangeAsync(static settings => settings with { AllowOwnAs = 1 });
        await lab.Node.WaitForRoutesAsync(First, static routes => routes.Length == 1, "allowed", BgpRouteKind.Best);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task MorePrefixesThanTheLimit_EndTheSessionWithItsSubcode_AndItStaysDown(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { PrefixLimit = 1 };
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(First)] };
        await lab.StartUpAsync();
        await lab.Node.WaitForRouteAsync(First);

        lab.Peer.Announce(new PeerRoute(Second));
        await lab.Peer.WaitForCeaseAsync(1);
        var down = await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report is { State: BgpState.Idle, Held: not null }, "held");
        down.LastEnd.Should().Match<BgpSessionEnd>(static end => end.Code == 6 && end.Subcode == 1 && !end.IsRemote);
        (await lab.Node.WaitForRoutesAsync(First, static routes => routes.IsEmpty, "gone")).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task Rfc8326_GracefulShutdownOfThePeer_ItsRouteIsTheLastChoice(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(First) { Communities = [0xffff_0000] }] };
        await lab.StartUpAsync();

        (await lab.Node.WaitForRoutesAsync(First, static routes => routes.Length == 1, "accepted", BgpRouteKind.Best))[0].LocalPreference.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task PeerBehindARouter_IsReachedWithTheTtlThatItTakes(BgpDaemon kind)
    {
        await using var lab = new BgpLab();
        var (ours, theirs) = (IPAddress.Parse("198.18.0.1"), IPAddress.Parse("198.18.0.2"));
        var router = lab.Host(3);
        router.Sysctl("net.ipv4.ip_forward", "1");
        // The hosts are on one switch: no shorter way shall be told.
        router.Sysctl("net.ipv4.conf.all.send_redirects", "0");
        router.Sysctl("net.ipv4.conf.eth0.send_redirects", "0");
        lab.Host(1).IpBatch($"address add {ours}/32 dev lo", $"route add {theirs}/32 via {BgpLab.V4(3)}");
        lab.Host(2).IpBatch($"address add {theirs}/32 dev lo", $"route add {ours}/32 via {BgpLab.V4(3)}");
        router.IpBatch($"route add {ours}/32 via {BgpLab.V4(1)}", $"route add {theirs}/32 via {BgpLab.V4(2)}");
        var peer = lab.Peer(2, kind);
        peer.Configure(new RouterSettings(64501, BgpLab.V4(2)) { Neighbours = [new NeighbourSettings(ours, 64500) { Local = theirs, Hops = 2 }], Routes = [new PeerRoute(First)] });
        await peer.StartAsync();
        var node = lab.Node(1, 64500, new BgpPeerSettings(theirs, 64501) { LocalAddress = ours, MultihopTtl = 2, ImportDefaultAccept = true, Families = [BgpFamily.Ipv4Unicast] });
        await node.StartAsync();
        await node.AnnounceAsync(new BgpAdvertisement(Our) { NextHop = BgpLab.V4(1) });

        await node.WaitForRouteAsync(First);
        (await peer.WaitForPathAsync(Our)).NextHops.Should().Equal(BgpLab.V4(1));
    }
}
