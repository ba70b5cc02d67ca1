using System.Net;
using FluentAssertions;
using Xunit;

namespace Loxi.Bgp.Tests.Rib;

public sealed class AnnouncementTests
{
    private const string Vip = "198.51.100.1/32";
    private const string Vip6 = "2001:db8:1::1/128";

    private static BgpAdvertisement Advertisement(string prefix) => new(IPNetwork.Parse(prefix)) { Med = 10, LocalPreference = 5000, Prepend = 1 };

    [Fact]
    public void Rfc4271_5_1_EbgpPeer_GetsOwnAsAndOwnNextHopAndMedAndNoLocalPref()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([Advertisement(Vip), Advertisement(Vip6)]);

        var peer = lab.Peer(64501).Drain();

        peer.Told[(Vip, 0)].Should().Be(new Route { AsPath = [64500, 64500], NextHop = "10.0.0.1", Med = 10 });
        peer.Told[(Vip6, 0)].Should().Be(new Route { AsPath = [64500, 64500], NextHop = "2001:db8::1", Med = 10 });
        peer.EndOfRibs.Should().BeEquivalentTo([BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast]);
    }

    [Fact]
    public void Rfc4271_5_1_IbgpPeer_GetsLocalPrefAndNoPrepend()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([Advertisement(Vip)]);

        var peer = lab.Peer(64500).Drain();

        peer.Told[(Vip, 0)].Should().Be(new Route { NextHop = "10.0.0.1", Med = 10, LocalPreference = 5000 });
    }

    [Fact]
    public void AfterEstablished_ChangesAreSentAndTheRestIsNot()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([Advertisement(Vip), Advertisement("198.51.100.2/32")]);
        var peer = lab.Peer(64501).Drain();
        peer.Log.Clear();

        lab.Rib.SetAdvertisements([Advertisement(Vip), Advertisement("198.51.100.3/32")]);
        peer.Drain();

        peer.Log.Should().Equal("- 198.51.100.2/32", "+ 198.51.100.3/32");
    }

    [Fact]
    public void PrefixThatIsThereTwice_IsRefused_AndNothingChanges()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([Advertisement(Vip)]);
        var peer = lab.Peer(64501).Drain();
        peer.Log.Clear();

        FluentActions.Invoking(() => lab.Rib.SetAdvertisements([Advertisement("198.51.100.2/32"), Advertisement("198.51.100.2/32")])).Should().Throw<ArgumentException>().WithMessage("*198.51.100.2/32*");
        FluentActions.Invoking(() => lab.Rib.SetAdvertisements([Advertisement(Vip), Advertisement(Vip)])).Should().Throw<ArgumentException>();

        peer.Drain().Log.Should().BeEmpty();
        lab.Rib.AdvertisementCount.Should().Be(1);
        lab.Rib.SetAdvertisements([]);
        peer.Drain().Log.Should().Equal($"- {Vip}");
    }

    [Fact]
    public void TenThousandVips_ArePackedAsTightlyAsTheyCan()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([.. Enumerable.Range(0, 10_000).Select(i => Advertisement($"198.18.{i >> 8}.{i & 255}/32"))]);
        var peer = lab.Add(lab.Settings(64501) with { Families = [BgpFamily.Ipv4Unicast] });
        peer.Up().Drain();

        peer.Told.Should().HaveCount(10_000);
        peer.Updates.Should().BeLessThanOrEqualTo(16 + 2);

        lab = new RibLab();
        lab.Rib.SetAdvertisements([.. Enumerable.Range(0, 10_000).Select(i => Advertisement($"2001:db8::{i:x}/128"))]);
        peer = lab.Peer(64501).Drain();
        peer.Told.Should().HaveCount(10_000);
        peer.Updates.Should().BeLessThanOrEqualTo(50 + 2);
    }

    [Fact]
    public void TwoAttributeSetsTakingTurns_ShareMessagesAllTheSame()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([.. Enumerable.Range(0, 1_000).Select(i => Advertisement($"198.18.{i >> 8}.{i & 255}/32") with { Med = (uint)(i & 1) })]);

        var peer = lab.Peer(64501).Drain();

        peer.Told.Should().HaveCount(1_000);
        peer.Updates.Should().Be(2 + 2);
    }

    [Fact]
    public void OwnVipsFirst_BackupThatLearnsTheMastersRoute_StillTellsItsOwn()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([Advertisement(Vip) with { LocalPreference = 100, Med = 20 }]);
        var master = lab.Peer(64500, s => s with { IsClusterMember = true });
        var router = lab.Peer(64500).Drain();

        master.Announce(Vip, new Route { LocalPreference = 5000, Med = 10, NextHop = "10.0.0.10" });

        router.Drain().Told[(Vip, 0)].Should().Be(new Route { NextHop = "10.0.0.1", Med = 20, LocalPreference = 100 });
        lab.Best(Vip).Should().Be("own");
    }

    [Fact]
    public void WithdrawnBeforeItWasSent_IsNotSent()
    {
        var lab = new RibLab();
        var peer = lab.Peer(64501).Drain();
        lab.Rib.SetAdvertisements([Advertisement(Vip)]);
        lab.Rib.SetAdvertisements([]);

        peer.Drain();

        peer.Told.Should().BeEmpty();
        peer.Announcements.Should().Be(0);
    }

    [Fact]
    public void Withdrawals_AreNotDelayedBehindAnnouncements()
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([Advertisement(Vip)]);
        var peer = lab.Peer(64501).Drain();
        peer.Log.Clear();
        lab.Rib.SetAdvertisements([.. Enumerable.Range(0, 60_000).Select(i => Advertisement($"2001:db8::{i:x}/128"))]);

        peer.Take(65_536);

        peer.Log[0].Should().Be($"- {Vip}");
    }
}
