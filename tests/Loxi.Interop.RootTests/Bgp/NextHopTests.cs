using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>IPv6 next hops of IPv4 prefixes (RFC 8950), also where the link has no other addresses than link-local ones.</summary>
public sealed class NextHopTests
{
    public static TheoryData<BgpDaemon, Reach> Routers => new(
        from daemon in Cases.Routers
        from isLinkLocal in Cases.NoAndYes
        select (daemon, isLinkLocal ? Reach.LinkLocal : Reach.IPv6));

    [Theory]
    [MemberData(nameof(Routers))]
    [Trait("Suite", Suites.Quick)]
    public async Task IPv4OverIPv6_BothHaveTheRoute_AndTheRoutersKernelSendsToOurIPv6Address(BgpDaemon kind, Reach reach)
    {
        await using var lab = new PairLab(kind, reach);
        BgpFamily[] both = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast];
        lab.Theirs = lab.Theirs with { Families = [.. both] };
        // RFC 8950 is implied where the session is over link-local addresses.
        lab.Ours = lab.Ours with { Families = [.. both], Ipv4OverIpv6NextHop = reach != Reach.LinkLocal };
        lab.TheirRouter = lab.TheirRouter with { Routes = [.. both.Select(static family => new PeerRoute(Some.Their(family)))] };
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync([.. both.Select(static family => new BgpAdvertisement(Some.Our(family)))]);

        foreach (var family in both)
        {
            (await lab.Node.WaitForRouteAsync(Some.Their(family))).NextHop.Should().BeOneOf(lab.TheirAddress, reach == Reach.LinkLocal ? BgpLab.V6(2) : lab.TheirAddress);
            var path = await lab.Peer.WaitForPathAsync(Some.Our(family));
            path.NextHops.Should().Contain(lab.OurAddress);
            // FRR sends to the link-local address where the peer has told one.
            await lab.Peer.WaitUntilAsync(
                () => lab.Peer.ReadKernelRoutes().Where(route => route.Prefix == Some.Our(family)).SelectMany(static route => route.Gateways).ToList(),
                gateways => gateways is [var one] && (one.Equals(lab.OurAddress) || one.Equals(BgpLab.LinkLocal(1))),
                $"{family} via our IPv6 address",
                static gateways => string.Join(' ', gateways));
        }
    }

    [Fact]
    public async Task PeerWithoutTheCapability_IPv4IsNotExchanged_AndIPv6Is()
    {
        await using var lab = new PairLab(BgpDaemon.Bird, Reach.IPv6);
        lab.Ours = lab.Ours with { Families = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast], Ipv4OverIpv6NextHop = true };
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(Some.Their(BgpFamily.Ipv6Unicast))] };
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Some.Our(BgpFamily.Ipv4Unicast)), new BgpAdvertisement(Some.Our(BgpFamily.Ipv6Unicast)));

        await lab.Peer.WaitForPathAsync(Some.Our(BgpFamily.Ipv6Unicast));
        await lab.Node.WaitForRouteAsync(Some.Their(BgpFamily.Ipv6Unicast));
        lab.Peer.ReadPaths(Some.Our(BgpFamily.Ipv4Unicast)).Should().BeEmpty();
    }
}
