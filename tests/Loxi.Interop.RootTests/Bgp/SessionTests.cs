using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Sessions of each kind, and routes with all attributes in both directions.</summary>
public sealed class SessionTests
{
    public static TheoryData<BgpDaemon, Reach, bool> All => new(
        from daemon in Cases.Daemons
        from reach in Enum.GetValues<Reach>()
        from isInternal in Cases.NoAndYes
        select (daemon, reach, isInternal));

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    [Theory]
    [MemberData(nameof(All))]
    public Task Session_RoutesGoBothWaysWithAllTheirAttributes(BgpDaemon kind, Reach reach, bool isInternal) => CheckAsync(kind, reach, isInternal);

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public Task OverIPv4ToAnotherAs_TheSame(BgpDaemon kind) => CheckAsync(kind, Reach.IPv4, false);

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public Task OverIPv6InOneAs_TheSame(BgpDaemon kind) => CheckAsync(kind, Reach.IPv6, true);

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task TheyWait_WeConnect(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Theirs = lab.Theirs with { Passive = true };
        var (ours, _) = await lab.StartUpAsync();

        ours.Session!.Remote.Port.Should().Be(179);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task WeWait_TheyConnect(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { Passive = true };
        var (ours, _) = await lab.StartUpAsync();

        ours.Session!.Local.Port.Should().Be(179);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task BothConnect_OneSessionRemains_AndNoneIsLostByTheCollision(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { ConnectRetryTime = TimeSpan.FromMilliseconds(100), ConnectRetryLimit = TimeSpan.FromMilliseconds(200) };
        await lab.StartUpAsync();

        await lab.Node.AnnounceAsync(new BgpAdvertisement(Some.Our(BgpFamily.Ipv4Unicast)));
        await lab.Peer.WaitForPathAsync(Some.Our(BgpFamily.Ipv4Unicast));
        lab.Node.ReadPeer(lab.TheirAddress)!.Counters.Established.Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task BothFamiliesOverOneSession_EachHasItsRoutes(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind, Reach.IPv6);
        BgpFamily[] both = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast];
        lab.Theirs = lab.Theirs with { Families = [.. both] };
        lab.Ours = lab.Ours with { Families = [.. both], Ipv4OverIpv6NextHop = true };
        lab.TheirRouter = lab.TheirRouter with { Routes = [.. both.Select(static family => new PeerRoute(Some.Their(family)))] };
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync([.. both.Select(static family => new BgpAdvertisement(Some.Our(family)))]);

        foreach (var family in both)
        {
            (await lab.Node.WaitForRouteAsync(Some.Their(family))).NextHop.Should().Be(lab.TheirAddress);
            (await lab.Peer.WaitForPathAsync(Some.Our(family))).NextHops.Should().Contain(lab.OurAddress);
        }
    }

    private static async Task CheckAsync(BgpDaemon kind, Reach reach, bool isInternal)
    {
        await using var lab = new PairLab(kind, reach, isInternal);
        var family = lab.Theirs.Families.Single();
        lab.TheirRouter = lab.TheirRouter with
        {
            Routes =
            [
                new PeerRoute(Some.Their(family))
                {
                    Med = 10,
                    LocalPreference = isInternal ? 200 : null,
                    AsPath = [64510, 4_200_000_000],
                    Communities = [.. Some.Communities],
                    ExtendedCommunities = [.. Some.ExtendedCommunities],
                    LargeCommunities = [.. Some.LargeCommunities],
                },
            ],
        };
        var (ours, theirs) = await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Some.Our(family))
        {
            Med = 30,
            LocalPreference = 300,
            Prepend = 2,
            Communities = [.. Some.Communities],
            ExtendedCommunities = [.. Some.ExtendedCommunities],
            LargeCommunities = [.. Some.LargeCommunities],
        });

        ours.Session!.HoldTime.Should().Be(TimeSpan.FromSeconds(9));
        ours.Session.RouterId.Should().Be(BgpLab.V4(2));
        theirs.HoldTime.Should().Be(9);
        var learned = await lab.Node.WaitForRouteAsync(Some.Their(family));
        learned.AsPath.Should().Be(isInternal ? "64510 4200000000" : $"{PairLab.TheirAs} 64510 4200000000");
        // A neighbour on a link-local session may tell its global address too, and it is the first (RFC 2545 3).
        learned.NextHop.Should().BeOneOf(lab.TheirAddress, reach == Reach.LinkLocal ? BgpLab.V6(2) : lab.TheirAddress);
        learned.Should().BeEquivalentTo(
            new { Origin = BgpOrigin.Igp, Med = 10u, LocalPreference = isInternal ? 200u : (uint?)null, Communities = Some.Communities, Some.ExtendedCommunities, Some.LargeCommunities, IsBest = true, IsStale = false, Rejection = (string?)null },
            static options => options.WithoutStrictOrdering());

        var sent = await lab.Peer.WaitForPathAsync(Some.Our(family));
        sent.From.Should().Be(lab.OurAddress);
        sent.NextHops.Should().Contain(lab.OurAddress);
        // RFC 4271 5.1.2: to the own AS nothing is prepended.
        sent.AsPath.Should().Be(isInternal ? "" : "64500 64500 64500");
        sent.Should().BeEquivalentTo(
            new { Origin = BgpOrigin.Igp, Med = 30u, Communities = Some.Communities, Some.ExtendedCommunities, Some.LargeCommunities, IsBest = true },
            static options => options.WithoutStrictOrdering());
        if (isInternal)
        {
            sent.LocalPreference.Should().Be(300);
        }

        await lab.Node.AnnounceAsync();
        await lab.Peer.WaitForNoPathAsync(Some.Our(family));
        lab.Peer.Withdraw(Some.Their(family));
        await lab.Node.WaitForNoRouteAsync(Some.Their(family));
    }
}
