using System.Net;
using FluentAssertions;
using Loxi.Bgp.Policy;
using Loxi.Bgp.Rib;
using Xunit;

namespace Loxi.Bgp.Tests.Rib;

public sealed class UpdateGroupTests
{
    private static BgpAdvertisement Vip(int i, uint med = 0) => new(IPNetwork.Parse($"198.18.{i >> 8}.{i & 255}/32")) { Med = med };

    [Fact]
    public void PeersOfOneKind_ShareAGroup_OthersDoNot()
    {
        var lab = new RibLab();
        lab.Peer(64501);
        lab.Peer(64502);
        lab.Peer(64500);
        lab.Peer(64503, s => s with { LocalAs = 64999 });

        lab.Rib.Families[0].Groups.Select(g => g.Members.Count).Should().Equal(2, 1, 1);
    }

    [Fact]
    public void SlowPeer_DelaysNobody_AndItsBacklogIsBounded()
    {
        var lab = new RibLab();
        var (slow, quick) = (lab.Peer(64501).Drain(), lab.Peer(64502).Drain());
        for (uint round = 0; round < 200; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                lab.Rib.Advertise(Vip(i, round));
            }

            if (round % 3 == 0)
            {
                lab.Rib.Withdraw(Vip((int)round % 100).Prefix);
            }

            quick.Drain();
        }

        var group = slow.Peer[BgpFamily.Ipv4Unicast].Output!.Group;
        (group.Announcements.End - group.Announcements.Start).Should().BeLessThan(4096);
        quick.Told[("198.18.0.5/32", 0)].Med.Should().Be(199);
        slow.Updates.Should().Be(2);

        slow.Drain();

        slow.Told.Select(t => t.ToString()).Should().BeEquivalentTo(quick.Told.Select(t => t.ToString()));
        slow.Announcements.Should().Be(slow.Told.Count);
        (group.Announcements.End - group.Announcements.Start).Should().Be(0);
    }

    [Fact]
    public void SlowPeer_KeepsItsPlace_WhenItsBacklogIsMadeSmaller()
    {
        var lab = new RibLab();
        var (slow, quick) = (lab.Peer(64501).Drain(), lab.Peer(64502).Drain());
        lab.Rib.SetAdvertisements([.. Enumerable.Range(0, 100).Select(i => Vip(i))]);
        for (uint round = 1; round < 200; round++)
        {
            quick.Drain();
            for (var i = 50; i < 100; i++)
            {
                lab.Rib.Advertise(Vip(i, round));
            }
        }

        var group = slow.Peer[BgpFamily.Ipv4Unicast].Output!.Group;
        (group.Announcements.End - group.Announcements.Start).Should().BeLessThan(4096);
        quick.Drain();
        (group.Announcements.End - group.Announcements.Start).Should().BeLessThan(4096);

        slow.Drain();

        slow.Told.Should().HaveCount(100);
        slow.Announcements.Should().Be(100);
    }

    [Fact]
    public void RouteThatChangesWhileItWaitsInTheMiddleOfSending_IsSentOnce()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([.. Enumerable.Range(0, 3000).Select(i => Vip(i))]);
        var peer = lab.Peer(64501);
        peer.Take(4096);
        peer.Told.Should().NotBeEmpty().And.NotContainKey(("198.18.11.100/32", 0));

        lab.Rib.Advertise(Vip((11 * 256) + 100, 9));

        peer.Drain().Announcements.Should().Be(3000);
        peer.Told[("198.18.11.100/32", 0)].Med.Should().Be(9);
    }

    [Fact]
    public void PeerThatJoins_GetsWhatTheGroupHas_AndTheOthersGetNothingTwice()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([.. Enumerable.Range(0, 1000).Select(i => Vip(i))]);
        var first = lab.Peer(64501).Drain();

        var second = lab.Peer(64502).Drain();

        second.Told.Should().HaveCount(1000);
        first.Drain().Announcements.Should().Be(1000);
    }

    [Fact]
    public void MemberWhosePoliciesChange_LeavesWithWhatItWasTold_AlsoInTheMiddleOfSending()
    {
        var lab = new RibLab(new BgpPolicies { Policies = [new("p", [new("1") { Actions = new() { Med = new(BgpMedMethod.Add, 5) } }])] });
        lab.Rib.SetAdvertisements([.. Enumerable.Range(0, 3000).Select(i => Vip(i))]);
        var (stays, leaves) = (lab.Peer(64501), lab.Peer(64502));
        leaves.Take(8192);
        lab.Rib.Withdraw(Vip(0).Prefix);
        lab.Rib.Advertise(Vip(1, 3));

        leaves.Configure(leaves.Settings with { ExportPolicies = ["p"] });

        lab.Rib.Families[0].Groups.Should().HaveCount(2);
        leaves.Drain().Told.Should().HaveCount(2999);
        leaves.Told[("198.18.0.1/32", 0)].Med.Should().Be(8);
        leaves.Told[("198.18.5.1/32", 0)].Med.Should().Be(5);
        stays.Drain().Told.Should().HaveCount(2999);
        stays.Told[("198.18.0.1/32", 0)].Med.Should().Be(3);
        lab.Rib.Numbers(leaves.Peer, BgpFamily.Ipv4Unicast).Advertised.Should().Be(2999);
    }

    [Fact]
    public void Ready_NamesAPeerOnce_UntilItRanDry()
    {
        var lab = new RibLab();
        var peer = lab.Peer(64501).Drain();
        var ready = new List<RibPeer>();
        lab.Rib.TakeReady(ready);
        ready.Clear();

        lab.Rib.Advertise(Vip(1));
        lab.Rib.Advertise(Vip(2));
        lab.Rib.TakeReady(ready).Should().Be(1);
        lab.Rib.Advertise(Vip(3));
        lab.Rib.TakeReady(ready).Should().Be(0);
        ready.Should().Equal(peer.Peer);

        peer.Drain();
        lab.Rib.HasOutput(peer.Peer).Should().BeFalse();
        lab.Rib.Advertise(Vip(4));
        lab.Rib.TakeReady(ready).Should().Be(1);
    }

    [Fact]
    public void Reconcile_FindsNothingInHealth()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([.. Enumerable.Range(0, 10).Select(i => Vip(i))]);
        var peer = lab.Peer(64501).Drain();

        lab.Rib.Reconcile(lab.Rib.OwnPrefixes()).Should().Be(0);

        peer.Drain().Announcements.Should().Be(10);
    }

    [Fact]
    public void Reconcile_AnnouncementThatGotLost_IsToldAgain()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([.. Enumerable.Range(0, 10).Select(i => Vip(i))]);
        var peer = lab.Peer(64501).Drain();
        lab.Rib[BgpFamily.Ipv4Unicast].RemoveOwn(lab.Rib.OwnPrefixes()[3]);
        peer.Drain().Told.Should().HaveCount(9);

        lab.Rib.Reconcile(lab.Rib.OwnPrefixes()).Should().Be(1);

        peer.Drain().Told.Should().HaveCount(10);
        lab.Rib.Reconcile(lab.Rib.OwnPrefixes()).Should().Be(0);
    }

    [Fact]
    public void AddPathSend_TellsTheBestOnes_EachWithItsIdentifier()
    {
        var lab = new RibLab();
        TestPeer[] sources = [lab.Transit(64501), lab.Transit(64502), lab.Transit(64503)];
        var target = lab.Transit(64510, s => s with { AddPathSend = 2 });
        const string Prefix = "203.0.113.0/24";
        for (var i = 0; i < 3; i++)
        {
            sources[i].Announce(Prefix, new Route { AsPath = [64501 + (uint)i, .. Enumerable.Repeat(9u, i)] });
        }

        target.Drain().Told.Values.Select(r => r.AsPath[1]).Should().BeEquivalentTo([64501u, 64502u]);

        sources[0].Withdraw(Prefix);
        target.Drain().Told.Values.Select(r => r.AsPath[1]).Should().BeEquivalentTo([64502u, 64503u]);
        sources[1].Down();
        sources[2].Down();
        target.Drain().Told.Should().BeEmpty();
    }

    [Fact]
    public void AddPathSend_OwnAnnouncementComesWithWhatWasLearned()
    {
        var lab = new RibLab();
        var source = lab.Transit(64501);
        var target = lab.Transit(64510, s => s with { AddPathSend = 4 });
        source.Announce("198.18.0.1/32", new Route { AsPath = [64501] });
        lab.Rib.Advertise(Vip(1));

        target.Drain().Told.Values.Select(r => r.AsPath.Length).Should().BeEquivalentTo([1, 2]);
    }
}
