using System.Net;
using FluentAssertions;
using Loxi.Bgp.Policy;
using Xunit;

namespace Loxi.Bgp.Tests.Rib;

public sealed class ExportTests
{
    private const string Prefix = "203.0.113.0/24";

    private static readonly Route Learned = new() { AsPath = [64501, 9], Med = 5, NextHop = "10.0.0.10" };

    [Fact]
    public void Rfc4271_5_1_ToEbgp_OwnAsFirst_NoMedOfOthers_NoLocalPref_OwnNextHop()
    {
        var lab = new RibLab();
        var (source, target) = (lab.Transit(64501), lab.Transit(64502));
        source.Announce(Prefix, Learned);

        target.Drain().Told[(Prefix, 0)].Should().Be(new Route { AsPath = [64500, 64501, 9], NextHop = "10.0.0.1" });
    }

    [Fact]
    public void Rfc4271_5_1_ToIbgp_AllButLocalPrefAsItCame_NextHopSelfOnlyWhenAsked()
    {
        var lab = new RibLab();
        var source = lab.Transit(64501);
        var plain = lab.Transit(64500);
        var self = lab.Transit(64500, s => s with { NextHopSelf = true });
        source.Announce(Prefix, Learned);

        plain.Drain().Told[(Prefix, 0)].Should().Be(Learned with { LocalPreference = 100 });
        self.Drain().Told[(Prefix, 0)].Should().Be(Learned with { LocalPreference = 100, NextHop = "10.0.0.1" });
    }

    [Fact]
    public void Rfc4271_9_2_IbgpRoutes_DoNotGoToOtherIbgpPeers()
    {
        var lab = new RibLab();
        var (source, other, outer) = (lab.Transit(64500), lab.Transit(64500), lab.Transit(64501));
        source.Announce(Prefix, new Route { LocalPreference = 100, AsPath = [9], OriginatorId = 7, ClusterList = [8] });

        other.Drain().Told.Should().BeEmpty();
        outer.Drain().Told[(Prefix, 0)].Should().Be(new Route { AsPath = [64500, 9], NextHop = "10.0.0.1" });
    }

    [Fact]
    public void SplitHorizon_ThePeerThatTheBestIsFrom_GetsNothing_AndAWithdrawalOfWhatItHad()
    {
        var lab = new RibLab();
        var (a, b, c) = (lab.Transit(64501), lab.Transit(64502), lab.Transit(64503));
        b.Announce(Prefix, new Route { AsPath = [64502, 9, 9] });
        a.Drain().Told.Should().ContainKey((Prefix, 0));
        b.Drain().Told.Should().BeEmpty();
        b.Withdrawals.Should().Be(0);

        a.Announce(Prefix, new Route { AsPath = [64501] });

        a.Drain().Told.Should().BeEmpty();
        b.Drain().Told[(Prefix, 0)].AsPath.Should().Equal(64500u, 64501u);
        c.Drain().Told[(Prefix, 0)].AsPath.Should().Equal(64500u, 64501u);
    }

    [Theory]
    [InlineData(0xFFFFFF01u, false, true)]
    [InlineData(0xFFFFFF02u, false, false)]
    [InlineData(0xFFFFFF03u, false, true)]
    public void Rfc1997_WellKnownCommunities_KeepRoutesIn(uint community, bool toEbgp, bool toIbgp)
    {
        var lab = new RibLab();
        var (source, outer, inner) = (lab.Transit(64501), lab.Transit(64502), lab.Transit(64500));
        source.Announce(Prefix, Learned with { Communities = [community] });

        outer.Drain().Told.ContainsKey((Prefix, 0)).Should().Be(toEbgp);
        inner.Drain().Told.ContainsKey((Prefix, 0)).Should().Be(toIbgp);
    }

    [Fact]
    public void Rfc1997_OwnAnnouncementsWithNoExport_AreForThePeersToKeep()
    {
        var lab = new RibLab();
        lab.Rib.Advertise(new(IPNetwork.Parse(Prefix)) { Communities = [0xFFFFFF01] });

        lab.Peer(64501).Drain().Told[(Prefix, 0)].Communities.Should().Equal(0xFFFFFF01u);
    }

    [Fact]
    public void A36_Rfc4271_5_UnknownTransitive_IsPassedOn()
    {
        var lab = new RibLab();
        var (source, target) = (lab.Transit(64501), lab.Transit(64502));
        source.Announce(Prefix, Learned with { Unknown = 12 });

        target.Drain().Told[(Prefix, 0)].Unknown.Should().Be(12);
    }

    [Fact]
    public void Rfc4360_6_NonTransitiveExtendedCommunities_StayInTheAs()
    {
        var lab = new RibLab();
        var (source, outer, inner) = (lab.Transit(64501), lab.Transit(64502), lab.Transit(64500));
        source.Announce(Prefix, Learned with { ExtendedCommunities = [0x0002FBF400000001, 0x4004FBF400000001] });

        outer.Drain().Told[(Prefix, 0)].ExtendedCommunities.Should().Equal(0x0002FBF400000001ul);
        inner.Drain().Told[(Prefix, 0)].ExtendedCommunities.Should().HaveCount(2);
    }

    [Fact]
    public void A50b_GrowsBeyondThePeersLimit_RouteStaysHere_AndAnEarlierVersionIsWithdrawn()
    {
        var lab = new RibLab();
        var (source, target) = (lab.Transit(64501), lab.Transit(64502));
        source.Announce(Prefix, Learned);
        source.Announce("198.51.100.0/24", Learned with { Communities = [1] });
        target.Drain().Told.Should().HaveCount(2);

        // 4,096 octets exactly as it comes: header 19, lengths 4, prefix 4, the other attributes.
        var room = 4096 - source.Encode([RibLab.Prefix(Prefix)], Learned with { Unknown = 300 }).Length + 300;
        source.Encode([RibLab.Prefix(Prefix)], Learned with { Unknown = room }).Should().HaveCount(4096);
        source.Announce(Prefix, Learned with { Unknown = room }).Error.IsNone.Should().BeTrue();

        // Its MED of 7 octets goes, an AS of 4 comes: a little more makes it too long.
        target.Drain().Told[(Prefix, 0)].Unknown.Should().Be(room);
        var peer = new TestPeer(lab.Rib, lab.Settings(64503) with { LocalAs = 64999, ExportDefaultAccept = true, NextHopSelf = true, ExportPolicies = [] }).Up();
        source.Announce(Prefix, (Learned with { Med = null, Unknown = room + 7 }));
        target.Drain();

        target.Told.Should().NotContainKey((Prefix, 0)).And.HaveCount(1);
        target.Peer.TooLong.Should().BeGreaterThan(0);
        lab.Best(Prefix).Should().NotBeNull();
        peer.Drain().Told.Should().NotContainKey((Prefix, 0));
        lab.Rib.Numbers(target.Peer, BgpFamily.Ipv4Unicast).TooLong.Should().Be(1);
    }

    [Fact]
    public void A50c_ExtendedMessage_GoesToExtendedPeersAlone()
    {
        var lab = new RibLab();
        var source = lab.Transit(64501);
        var plain = lab.Transit(64502);
        var extended = new TestPeer(lab.Rib, lab.Settings(64503) with { ExportDefaultAccept = true }) { MaxSendLength = 65_535 }.Up();
        source.Announce(Prefix, Learned with { Unknown = 8000 });

        plain.Drain().Told.Should().BeEmpty();
        plain.Peer.TooLong.Should().Be(1);
        extended.Drain().Told[(Prefix, 0)].Unknown.Should().Be(8000);
    }

    [Fact]
    public void Rfc6793_TwoOctetPeer_GetsTheWholePath()
    {
        var lab = new RibLab(speaker: new BgpSpeakerSettings(4_200_000_000, IPAddress.Parse("10.0.0.1")));
        lab.Rib.Advertise(new(IPNetwork.Parse(Prefix)));
        var old = new TestPeer(lab.Rib, lab.Settings(64501)) { FourOctetAs = false }.Up();

        old.Drain().Told[(Prefix, 0)].AsPath.Should().Equal(4_200_000_000u);
    }

    [Fact]
    public void Rfc4271_5_1_3_ExplicitNextHop_IsKept_ButNotToThePeerThatItIs()
    {
        var lab = new RibLab();
        lab.Rib.Advertise(new(IPNetwork.Parse(Prefix)) { NextHop = IPAddress.Parse("10.0.0.11") });
        var (other, itself) = (lab.Peer(64501), lab.Peer(64502));

        other.Drain().Told[(Prefix, 0)].NextHop.Should().Be("10.0.0.11");
        itself.Drain().Told.Should().BeEmpty();
        lab.Rib.Numbers(itself.Peer, BgpFamily.Ipv4Unicast).OwnMissing.Should().Be(1);
    }

    [Fact]
    public void NoNextHopOfTheFamily_IsMissingAndCounted()
    {
        var lab = new RibLab();
        lab.Rib.Advertise(new(IPNetwork.Parse("2001:db8:1::/48")));
        var peer = new TestPeer(lab.Rib, lab.Settings(64501)) { OwnIpv6 = null }.Up();

        peer.Drain().Told.Should().BeEmpty();
        var numbers = lab.Rib.Numbers(peer.Peer, BgpFamily.Ipv6Unicast);
        (numbers.OwnDesired, numbers.OwnMissing, numbers.WithoutNextHop).Should().Be((1, 1, 1));
    }

    [Fact]
    public void Policies_ChangeWhatIsTold_AndTheSessionIsNotTouched()
    {
        var policies = new BgpPolicies
        {
            Policies =
            [
                new("backup", [new("1") { Actions = new() { Med = new(BgpMedMethod.Set, 20), Prepend = new(null, 2), LargeCommunities = new(BgpCommunityMethod.Add, ["64500:2:2", "64500:1:1"]) } }]),
            ],
        };
        var lab = new RibLab(policies);
        lab.Rib.Advertise(new(IPNetwork.Parse(Prefix)) { Med = 10 });
        var (a, b) = (lab.Peer(64501).Drain(), lab.Peer(64502).Drain());

        a.Configure(a.Settings with { ExportPolicies = ["backup"] });

        a.Drain().Told[(Prefix, 0)].Should().Be(new Route { AsPath = [64500, 64500, 64500], Med = 20, NextHop = "10.0.0.1", LargeCommunities = [new(64500, 1, 1), new(64500, 2, 2)] });
        a.EndOfRibs.Should().HaveCount(2);
        b.Drain().Told[(Prefix, 0)].Med.Should().Be(10);
        b.Announcements.Should().Be(1);
    }

    /// <summary>Nothing is to be announced: the withdrawals that are found meanwhile were left until something else changed.</summary>
    [Fact]
    public void PolicyThatRejectsAll_TakesBackWhatWasTold_AtOnce()
    {
        var lab = new RibLab(new() { Policies = [new("none", [new("1") { Actions = new() { Disposition = BgpRouteDisposition.Reject } }])] });
        lab.Rib.Advertise(new(IPNetwork.Parse(Prefix)));
        var peer = lab.Peer(64501).Drain();
        peer.Told.Should().HaveCount(1);

        peer.Configure(peer.Settings with { ExportPolicies = ["none"] });

        peer.Drain().Told.Should().BeEmpty();
        lab.Rib.HasOutput(peer.Peer).Should().BeFalse();
    }

    [Fact]
    public void PolicyThatAsksForThePeer_IsJudgedForEach()
    {
        var policies = new BgpPolicies
        {
            PeerSets = [new("one", [IPNetwork.Parse("10.0.0.10/32")])],
            Policies = [new("p", [new("1") { Conditions = new() { PeerSet = new("one") }, Actions = new() { Disposition = BgpRouteDisposition.Reject } }])],
        };
        var lab = new RibLab(policies);
        lab.Rib.Advertise(new(IPNetwork.Parse(Prefix)));

        lab.Peer(64501, s => s with { ExportPolicies = ["p"] }).Drain().Told.Should().BeEmpty();
        lab.Peer(64501, s => s with { ExportPolicies = ["p"] }).Drain().Told.Should().HaveCount(1);
    }

    [Fact]
    public void NextHopPolicies_AddressSelfUnchanged()
    {
        BgpPolicy Policy(string name, BgpNextHopAction action) => new(name, [new("1") { Actions = new() { NextHop = action, Disposition = BgpRouteDisposition.Accept } }]);
        var lab = new RibLab(new() { Policies = [Policy("address", new(BgpNextHopMethod.Address, IPAddress.Parse("10.9.9.9"))), Policy("self", new(BgpNextHopMethod.Self)), Policy("unchanged", new(BgpNextHopMethod.Unchanged))] });
        var source = lab.Transit(64501);
        source.Announce(Prefix, Learned);

        lab.Peer(64502, s => s with { ExportPolicies = ["address"] }).Drain().Told[(Prefix, 0)].NextHop.Should().Be("10.9.9.9");
        lab.Peer(64503, s => s with { ExportPolicies = ["unchanged"] }).Drain().Told[(Prefix, 0)].NextHop.Should().Be("10.0.0.10");
        lab.Peer(64500, s => s with { ExportPolicies = ["self"] }).Drain().Told[(Prefix, 0)].NextHop.Should().Be("10.0.0.1");
    }
}
