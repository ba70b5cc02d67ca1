using System.Net;
using FluentAssertions;
using Loxi.Bgp.Rib;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Rib;

/// <summary>Graceful restart, long-lived graceful restart and refresh, as far as routes go.</summary>
public sealed class RestartTests
{
    private const string Prefix = "203.0.113.0/24";
    private const string Other = "198.51.100.0/24";

    private static readonly Route Learned = new() { AsPath = [64501] };

    [Fact]
    public void Rfc4724_4_2_KeptRoutesStayInUse_AndGoUnlessTheyComeAgain()
    {
        var lab = new RibLab();
        var (peer, target) = (lab.Transit(64501), lab.Transit(64502));
        peer.Announce([Prefix, Other], Learned);
        target.Drain();

        peer.Down(BgpFamily.Ipv4Unicast);
        target.Drain().Told.Should().HaveCount(2);
        lab.Rib.Numbers(peer.Peer, BgpFamily.Ipv4Unicast).Stale.Should().Be(2);

        peer.Up();
        peer.Announce(Prefix, Learned);
        lab.Rib.PurgeStale(peer.Peer, BgpFamily.Ipv4Unicast);
        RibLab.Settle(lab.Rib);

        target.Drain().Told.Keys.Should().Equal((Prefix, 0u));
        target.Announcements.Should().Be(2);
    }

    [Fact]
    public void Rfc4724_4_1_AfterAnOwnRestart_LearnedRoutesWaitToBeChosen_AndEndOfRibWithThem()
    {
        var lab = new RibLab();
        lab.Rib.Defer();
        lab.Rib.SetAdvertisements([new BgpAdvertisement(IPNetwork.Parse("192.0.2.1/32"))]);
        var (peer, target) = (lab.Transit(64501), lab.Transit(64502));
        peer.Announce(Prefix, Learned);

        target.Drain().Told.Keys.Should().Equal(("192.0.2.1/32", 0u));
        target.EndOfRibs.Should().BeEmpty("the peer would drop what it has of us");
        lab.Best(Prefix).Should().BeNull();

        lab.Rib.EndDeferral();
        target.Drain().Told.Should().HaveCount(1, "it is chosen in steps");
        target.EndOfRibs.Should().NotContain(BgpFamily.Ipv4Unicast);
        RibLab.Settle(lab.Rib);
        target.Drain().Told.Should().HaveCount(2);
        target.EndOfRibs.Should().HaveCount(2).And.Contain(BgpFamily.Ipv4Unicast);
    }

    [Fact]
    public void Rfc4724_4_2_ASecondLoss_DropsWhatWasStale()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501);
        peer.Announce([Prefix, Other], Learned);
        peer.Down(BgpFamily.Ipv4Unicast);
        peer.Up();
        peer.Announce(Prefix, Learned);

        peer.Down(BgpFamily.Ipv4Unicast);

        lab.Best(Prefix).Should().NotBeNull();
        lab.Best(Other).Should().BeNull();
    }

    [Fact]
    public void FamiliesThatAreNotKept_GoAtOnce()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501);
        peer.Announce(Prefix, Learned);
        peer.Announce("2001:db8:5::/48", Learned);

        peer.Down(BgpFamily.Ipv6Unicast);

        lab.Best(Prefix).Should().BeNull();
        lab.Best("2001:db8:5::/48").Should().NotBeNull();
    }

    [Fact]
    public void Rfc9494_4_2_LongLivedStale_IsTheLastChoice_Marked_AndWithoutNoLlgrRoutes()
    {
        var lab = new RibLab();
        var (peer, second) = (lab.Transit(64501), lab.Transit(64502));
        var knows = new TestPeer(lab.Rib, lab.Settings(64503) with { ExportDefaultAccept = true }) { LongLived = true }.Up();
        var plain = lab.Transit(64504);
        peer.Announce([Prefix, Other], Learned);
        peer.Announce("192.0.2.0/24", Learned with { Communities = [0xFFFF0007] });
        second.Announce(Other, new Route { AsPath = [64502, 1, 2, 3] });
        peer.Down(BgpFamily.Ipv4Unicast);
        lab.Best(Other).Should().Be("10.0.0.10");

        lab.Rib.MarkLongLivedStale(peer.Peer, BgpFamily.Ipv4Unicast);
        RibLab.Settle(lab.Rib);

        lab.Best(Other).Should().Be("10.0.0.11");
        lab.Best("192.0.2.0/24").Should().BeNull();
        knows.Drain().Told[(Prefix, 0)].Communities.Should().Equal(0xFFFF0006u);
        plain.Drain().Told.Should().NotContainKey((Prefix, 0));

        // RFC 9494 4.2: one more loss while it is stale for long keeps it.
        peer.Up();
        peer.Down(BgpFamily.Ipv4Unicast);
        lab.Best(Prefix).Should().Be("10.0.0.10");

        peer.Up();
        peer.Announce([Prefix, Other], Learned);
        lab.Best(Other).Should().Be("10.0.0.10");
        plain.Drain().Told.Should().ContainKey((Prefix, 0));
    }

    [Fact]
    public void Rfc7313_4_RefreshFromThePeer_DropsWhatDidNotComeAgain()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501);
        peer.Announce([Prefix, Other], Learned);

        lab.Rib.Refresh(peer.Peer, BgpFamily.Ipv4Unicast, RouteRefreshKind.Begin);
        peer.Announce(Other, Learned);
        lab.Rib.Refresh(peer.Peer, BgpFamily.Ipv4Unicast, RouteRefreshKind.End);
        RibLab.Settle(lab.Rib);

        lab.Best(Prefix).Should().BeNull();
        lab.Best(Other).Should().NotBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rfc2918_4_RefreshRequest_SendsEverythingAgain(bool enhanced)
    {
        var lab = new RibLab();
        lab.Rib.SetAdvertisements([new(IPNetwork.Parse(Prefix)), new(IPNetwork.Parse(Other))]);
        var peer = new TestPeer(lab.Rib, lab.Settings(64501)) { Enhanced = enhanced }.Up().Drain();
        peer.Log.Clear();

        lab.Rib.Refresh(peer.Peer, BgpFamily.Ipv4Unicast, RouteRefreshKind.Request);
        lab.Rib.HasOutput(peer.Peer).Should().BeTrue();
        peer.Drain();

        peer.Log.Should().Equal(enhanced ? ["refresh 1", $"+ {Prefix}", $"+ {Other}", "refresh 2"] : [$"+ {Prefix}", $"+ {Other}"]);
    }

    [Fact]
    public void EndOfRib_ComesAfterTheFirstFullSet_OnceAlsoWhenItIsEmpty()
    {
        var lab = new RibLab();
        var empty = lab.Peer(64501).Drain();
        empty.Log.Should().Equal("end of Ipv4Unicast", "end of Ipv6Unicast");

        lab.Rib.SetAdvertisements([.. Enumerable.Range(0, 40_000).Select(i => new BgpAdvertisement(IPNetwork.Parse($"198.18.{i >> 8}.{i & 255}/32")))]);
        var full = lab.Peer(64502).Drain();
        full.Log.IndexOf("end of Ipv4Unicast").Should().Be(40_000);
        empty.Drain().EndOfRibs.Should().HaveCount(2);
    }

    [Fact]
    public void Resync_AfterEstablished_EverythingIsToldAgain()
    {
        var lab = new RibLab();
        lab.Rib.Advertise(new(IPNetwork.Parse(Prefix)));
        var peer = lab.Peer(64501).Drain();
        peer.Down();
        lab.Rib.Advertise(new(IPNetwork.Parse(Other)));

        peer.Up().Drain().Told.Should().HaveCount(2);
    }

    [Fact]
    public void RemovedPeer_LeavesNothing_AndItsNumberIsUsedAgain()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501);
        peer.Announce(Prefix, Learned);

        lab.Rib.RemovePeer(peer.Peer);
        lab.Add(lab.Settings(64502)).Peer.Number.Should().Be(2, "the first still has paths");
        RibLab.Settle(lab.Rib);

        lab.Best(Prefix).Should().BeNull();
        lab.Add(lab.Settings(64503)).Peer.Number.Should().Be(1);
    }
}
