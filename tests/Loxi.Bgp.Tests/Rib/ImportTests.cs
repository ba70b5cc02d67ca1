using FluentAssertions;
using Loxi.Bgp.Policy;
using Loxi.Bgp.Rib;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Rib;

public sealed class ImportTests
{
    private const string Prefix = "203.0.113.0/24";

    [Fact]
    public void Rfc8212_EbgpWithoutPolicy_RejectsAndKeeps()
    {
        var lab = new RibLab();
        var peer = lab.Peer(64501);

        peer.Announce(Prefix, new Route { AsPath = [64501] });

        lab.Best(Prefix).Should().BeNull();
        lab.Rejection(Prefix, peer).Should().Be(RouteRejection.DefaultReject);
    }

    [Fact]
    public void IbgpWithoutPolicy_Accepts()
    {
        var lab = new RibLab();
        var peer = lab.Peer(64500);

        peer.Announce(Prefix, new Route { LocalPreference = 100 });

        lab.Best(Prefix).Should().Be("10.0.0.10");
    }

    [Fact]
    public void LearnedRoutes_AreNeverPassedOnWithoutAPolicy()
    {
        var lab = new RibLab();
        var first = lab.Peer(64501, s => s with { ImportDefaultAccept = true });
        var second = lab.Peer(64502);
        var inner = lab.Peer(64500);

        first.Announce(Prefix, new Route { AsPath = [64501] });

        second.Drain().Told.Should().BeEmpty();
        inner.Drain().Told.Should().BeEmpty();
        lab.Best(Prefix).Should().NotBeNull();
    }

    [Fact]
    public void A14_Rfc4271_9_1_2_OwnAsInThePath_IsKeptAndNotUsable_AllowOwnAsRevivesIt()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501);
        peer.Announce(Prefix, new Route { AsPath = [64501, 64500] });
        lab.Best(Prefix).Should().BeNull();
        lab.Rejection(Prefix, peer).Should().Be(RouteRejection.AsLoop);

        peer.Configure(peer.Settings with { AllowOwnAs = 1 });

        lab.Best(Prefix).Should().Be("10.0.0.10");
    }

    [Fact]
    public void X14_Ibgp_EmptyPathIsUsable_OwnAsInThePathIsNot()
    {
        var lab = new RibLab();
        var peer = lab.Peer(64500);
        peer.Announce(Prefix, new Route { LocalPreference = 100 });
        peer.Announce("203.0.113.128/25", new Route { LocalPreference = 100, AsPath = [64501, 64500] });

        lab.Best(Prefix).Should().NotBeNull();
        lab.Rejection("203.0.113.128/25", peer).Should().Be(RouteRejection.AsLoop);
    }

    [Fact]
    public void LocalAs_BothOwnNumbersAreLoops()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501, s => s with { LocalAs = 64999 });
        peer.Announce("203.0.113.0/25", new Route { AsPath = [64501, 64500] });
        peer.Announce("203.0.113.128/25", new Route { AsPath = [64501, 64999] });

        lab.Rejection("203.0.113.0/25", peer).Should().Be(RouteRejection.AsLoop);
        lab.Rejection("203.0.113.128/25", peer).Should().Be(RouteRejection.AsLoop);
    }

    [Fact]
    public void X13_Rfc4456_8_OwnOriginatorOrClusterId_IsNotUsable()
    {
        var lab = new RibLab();
        var peer = lab.Peer(64500);
        peer.Announce("203.0.113.0/25", new Route { LocalPreference = 100, OriginatorId = 0x0A000001 });
        peer.Announce("203.0.113.128/25", new Route { LocalPreference = 100, OriginatorId = 0x0A000009, ClusterList = [7, 0x0A000001] });

        lab.Rejection("203.0.113.0/25", peer).Should().Be(RouteRejection.OriginatorLoop);
        lab.Rejection("203.0.113.128/25", peer).Should().Be(RouteRejection.ClusterLoop);
        lab.Best("203.0.113.0/25").Should().BeNull();
    }

    [Theory]
    [InlineData(BgpRole.Provider, 64501u, true)]
    [InlineData(BgpRole.RouteServer, 64501u, true)]
    [InlineData(BgpRole.Peer, 64501u, false)]
    [InlineData(BgpRole.Peer, 64777u, true)]
    [InlineData(BgpRole.Customer, 64777u, false)]
    [InlineData(BgpRole.RouteServerClient, 64777u, false)]
    public void X06_Rfc9234_5_OnlyToCustomer_TellsALeak(BgpRole role, uint marked, bool isLeak)
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501, s => s with { Role = role });
        peer.Announce(Prefix, new Route { AsPath = [64501], OnlyToCustomer = marked });

        lab.Rejection(Prefix, peer).Should().Be(isLeak ? RouteRejection.RouteLeak : RouteRejection.None);
    }

    [Theory]
    [InlineData(BgpRole.Customer, true)]
    [InlineData(BgpRole.Peer, true)]
    [InlineData(BgpRole.RouteServerClient, true)]
    [InlineData(BgpRole.Provider, false)]
    public void Rfc9234_5_Ingress_MarksWhatHasNoMark(BgpRole role, bool isMarked)
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501, s => s with { Role = role });
        var inner = lab.Transit(64500);
        peer.Announce(Prefix, new Route { AsPath = [64501] });

        inner.Drain().Told[(Prefix, 0)].OnlyToCustomer.Should().Be(isMarked ? 64501u : null);
    }

    [Theory]
    [InlineData(BgpRole.Provider, 64777u)]
    [InlineData(BgpRole.RouteServer, 64777u)]
    [InlineData(BgpRole.Customer, null)]
    [InlineData(BgpRole.Peer, null)]
    [InlineData(BgpRole.RouteServerClient, null)]
    public void Rfc9234_5_Egress_MarkedRoutesGoDownOnly(BgpRole role, uint? told)
    {
        var lab = new RibLab();
        var source = lab.Transit(64501);
        var target = lab.Transit(64502, s => s with { Role = role });
        source.Announce(Prefix, new Route { AsPath = [64501], OnlyToCustomer = 64777 });

        target.Drain().Told.Values.Select(r => r.OnlyToCustomer).Should().Equal(told is null ? [] : [told]);
    }

    [Fact]
    public void Rfc9234_5_Egress_OwnAnnouncementsAreMarkedForCustomersAndPeers()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([new(System.Net.IPNetwork.Parse(Prefix))]);

        lab.Peer(64501, s => s with { Role = BgpRole.Provider }).Drain().Told[(Prefix, 0)].OnlyToCustomer.Should().Be(64500);
        lab.Peer(64502, s => s with { Role = BgpRole.Customer }).Drain().Told[(Prefix, 0)].OnlyToCustomer.Should().BeNull();
    }

    [Fact]
    public void Rfc8326_GracefulShutdownFromEbgp_IsTheLastChoice_FromIbgpItIsNot()
    {
        var lab = new RibLab(RibLab.AcceptAll);
        var leaving = lab.Transit(64501, s => s with { ImportPolicies = ["all"] });
        var staying = lab.Transit(64502);
        leaving.Announce(Prefix, new Route { AsPath = [64501], Communities = [0xFFFF0000] });
        staying.Announce(Prefix, new Route { AsPath = [64502, 1, 2, 3] });
        lab.Best(Prefix).Should().Be("10.0.0.11");

        var inner = lab.Peer(64500);
        inner.Announce(Prefix, new Route { LocalPreference = 200, Communities = [0xFFFF0000] });
        lab.Best(Prefix).Should().Be("10.0.0.12");
    }

    [Fact]
    public void ClusterMembersRoutes_AreNeitherUsedNorPassedOnNorInstalled()
    {
        var lab = new RibLab();
        lab.Rib.EnableInstaller(true);
        var member = lab.Transit(64500, s => s with { IsClusterMember = true });
        var router = lab.Transit(64501);
        member.Announce(Prefix, new Route { LocalPreference = 5000 });

        lab.Rejection(Prefix, member).Should().Be(RouteRejection.ClusterMember);
        router.Drain().Told.Should().BeEmpty();
        lab.Rib.TakeRouteChanges([], 10).Should().Be(0);
    }

    [Fact]
    public void U18_Rfc4271_4_3_WithdrawnAndAnnouncedInOneMessage_IsAnnounced()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501);
        peer.Announce(Prefix, new Route { AsPath = [64501] });
        var message = peer.Encode([RibLab.Prefix(Prefix)], new Route { AsPath = [64501], Med = 7 });
        // The same prefix into the withdrawn routes.
        byte[] both = [.. message[..19], 0, 4, 24, 203, 0, 113, .. message[21..]];
        both[17] += 4;

        peer.Send(both).Error.IsNone.Should().BeTrue();

        lab.Best(Prefix).Should().NotBeNull();
    }

    [Theory]
    [InlineData("224.0.1.0/24")]
    [InlineData("127.0.0.0/8")]
    public void U16_U17_Rfc4271_6_3_PrefixesThatAreNoUnicast_ArePassedOver(string prefix)
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501);

        var receipt = peer.Announce([prefix, Prefix], new Route { AsPath = [64501] });

        receipt.Error.IsNone.Should().BeTrue();
        lab.Best(Prefix).Should().NotBeNull();
        lab.Best(prefix).Should().BeNull();
        peer.Peer[BgpFamily.Ipv4Unicast].Received.Should().Be(1);
    }

    [Fact]
    public void TreatAsWithdraw_TakesTheRouteOut()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501);
        peer.Announce(Prefix, new Route { AsPath = [64501] });
        var message = peer.Encode([RibLab.Prefix(Prefix)], new Route { AsPath = [64501] });
        var origin = Array.IndexOf(message, (byte)1, 24);
        message[origin + 2] = 3; // ORIGIN 3: RFC 7606 7.1

        peer.Send(message).Error.IsNone.Should().BeTrue();

        lab.Best(Prefix).Should().BeNull();
        peer.Peer[BgpFamily.Ipv4Unicast].Received.Should().Be(0);
    }

    [Fact]
    public void T07_PrefixLimit_IsReportedWithWarningBefore()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501, s => s with { PrefixLimit = 10, PrefixWarningPercent = 50 });
        string[] prefixes = [.. Enumerable.Range(0, 12).Select(i => $"203.0.113.{i}/32")];

        peer.Announce(prefixes[..4], new Route { AsPath = [64501] }).LimitWarning.Should().BeNull();
        peer.Announce(prefixes[..6], new Route { AsPath = [64501] }).LimitWarning.Should().Be(BgpFamily.Ipv4Unicast);
        peer.Announce(prefixes[..10], new Route { AsPath = [64501] }).LimitExceeded.Should().BeNull();
        peer.Announce(prefixes, new Route { AsPath = [64501] }).LimitExceeded.Should().Be(BgpFamily.Ipv4Unicast);
    }

    [Fact]
    public void T07_PrefixLimit_DoesNotCountWhatIsLeftOfTheSessionBefore()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501, s => s with { PrefixLimit = 10 });
        peer.Announce([.. Enumerable.Range(0, 10).Select(i => $"203.0.113.{i}/32")], new Route { AsPath = [64501] });
        lab.Rib.Down(peer.Peer, []);
        peer.Up();

        peer.Announce([.. Enumerable.Range(100, 10).Select(i => $"203.0.113.{i}/32")], new Route { AsPath = [64501] }).LimitExceeded.Should().BeNull();
    }

    [Fact]
    public void SpeakerThatChangesItsAs_JudgesLoopsAnew()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501, s => s with { LocalAs = 64999 });
        peer.Announce(Prefix, new Route { AsPath = [64501, 64400] });
        lab.Best(Prefix).Should().NotBeNull();

        lab.Rib.Configure(lab.Rib.Speaker with { LocalAs = 64400 }, new BgpPolicies());
        RibLab.Settle(lab.Rib);

        lab.Rejection(Prefix, peer).Should().Be(RouteRejection.AsLoop);
    }

    [Fact]
    public void T10_AHundredThousandChangesOfOnePrefix_LastStateWinsAndTheQueueStaysSmall()
    {
        var lab = new RibLab();
        var source = lab.Transit(64501);
        var target = lab.Transit(64502);
        target.Drain();
        var (one, two) = (source.Encode([RibLab.Prefix(Prefix)], new Route { AsPath = [64501], Med = 1, Communities = [1] }), source.Encode([RibLab.Prefix(Prefix)], new Route { AsPath = [64501], Communities = [2] }));
        for (var i = 0; i < 100_000; i++)
        {
            source.Send((i & 1) == 0 ? one : two);
        }

        var log = target.Peer[BgpFamily.Ipv4Unicast].Output!.Group.Announcements;
        (log.End - log.Start).Should().Be(1);
        lab.Rib.Attributes.Count.Should().BeLessThan(10);
        target.Drain().Updates.Should().Be(2 + 1);
        target.Told[(Prefix, 0)].Communities.Should().Equal(2u);
    }

    [Fact]
    public void AddPathReceive_KeepsSeveralPathsOfAPeer()
    {
        var lab = new RibLab();
        var peer = new TestPeer(lab.Rib, lab.Settings(64501) with { ImportDefaultAccept = true }) { AddPathReceive = true }.Up();
        peer.Announce(Prefix, new Route { AsPath = [64501], Med = 2 }, 1);
        peer.Announce(Prefix, new Route { AsPath = [64501], Med = 1 }, 2);
        peer.Peer[BgpFamily.Ipv4Unicast].Received.Should().Be(2);

        peer.Withdraw(Prefix, 2);
        peer.Peer[BgpFamily.Ipv4Unicast].Received.Should().Be(1);
        peer.Withdraw(Prefix, 1);

        lab.Best(Prefix).Should().BeNull();
        lab.Rib.Families[0].Prefixes.Count.Should().Be(0);
    }

    [Fact]
    public void AddPathReceive_PathsOfAPrefixAreBounded()
    {
        var lab = new RibLab();
        var peer = new TestPeer(lab.Rib, lab.Settings(64501)) { AddPathReceive = true }.Up();
        for (uint id = 1; id <= 1000; id++)
        {
            peer.Announce(Prefix, new Route { AsPath = [64501] }, id);
        }

        peer.Peer[BgpFamily.Ipv4Unicast].Received.Should().Be(FamilyRib.MostPathsOfPeer);
    }
}
