using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>
/// A link on which neither side is told an address: FRR's <c>neighbor eth0 interface</c>, which waits for a router advertisement, and ours that takes whoever is on the link.
/// </summary>
public sealed class UnnumberedTests
{
    private static readonly BgpFamily[] Both = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast];

    [Fact]
    [Trait("Suite", Suites.Quick)]
    public async Task InterfaceNeighbourOfFrr_FindsUsByOurAdvertisement_RoutesOfBothFamiliesGoBothWays_AndItIsForgottenWhenItIsGone()
    {
        await using var lab = new PairLab(BgpDaemon.Frr, Reach.LinkLocal);
        lab.Peer.Configure(lab.TheirRouter with
        {
            Routes = [.. Both.Select(static family => new PeerRoute(Some.Their(family)))],
            Extra =
            [
                $" neighbor eth0 interface remote-as {PairLab.OurAs}",
                " neighbor eth0 timers 3 9",
                " neighbor eth0 timers connect 1",
                " address-family ipv4 unicast",
                "  neighbor eth0 activate",
                " exit-address-family",
                " address-family ipv6 unicast",
                "  neighbor eth0 activate",
                " exit-address-family",
            ],
        });
        await lab.Peer.StartAsync();
        lab.Node.Configuration = lab.Node.Configuration with
        {
            PeerRanges = [new BgpPeerRange(IPNetwork.Parse("fe80::/10"), lab.Ours with { Families = [.. Both], RouterAdvertisements = true })],
        };
        await lab.Node.StartAsync();
        await lab.Node.AnnounceAsync([.. Both.Select(static family => new BgpAdvertisement(Some.Our(family)))]);

        foreach (var family in Both)
        {
            (await lab.Node.WaitForRouteAsync(Some.Their(family))).Peer!.Interface.Should().Be("eth0");
            (await lab.Peer.WaitForPathAsync(Some.Our(family))).From!.IsIPv6LinkLocal.Should().BeTrue();
            await lab.Peer.WaitUntilAsync(
                () => lab.Peer.ReadKernelRoutes().Where(route => route.Prefix == Some.Our(family)).SelectMany(static route => route.Gateways).ToList(),
                static gateways => gateways is [{ IsIPv6LinkLocal: true }],
                $"{family} via our link-local address",
                static gateways => string.Join(' ', gateways));
        }

        var peer = lab.Node.Speaker.ReadPeers().Should().ContainSingle().Subject;
        peer.Should().BeEquivalentTo(new { State = BgpState.Established, IsDynamic = true, Counters = new { Established = 1 } });
        peer.Key.Address.IsIPv6LinkLocal.Should().BeTrue();

        await lab.Peer.Daemon.StopAsync();
        foreach (var family in Both)
        {
            await lab.Node.WaitForNoRouteAsync(Some.Their(family));
        }
    }
}
