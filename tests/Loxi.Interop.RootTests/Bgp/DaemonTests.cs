using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>The daemons between themselves: that they do what they are told, and that it is read as it is.</summary>
public sealed class DaemonTests
{
    private static readonly PeerRoute Plain4 = PeerRoute.To("198.51.100.0/24");
    private static readonly PeerRoute Plain6 = PeerRoute.To("2001:db8:2::/48");

    public static TheoryData<BgpDaemon, BgpDaemon> Pairs => new()
    {
        { BgpDaemon.Frr, BgpDaemon.Bird },
        { BgpDaemon.Frr, BgpDaemon.GoBgp },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task TwoDaemons_EachHasTheOthersRouteWithAllAttributes_AndItsKernelHasItToo(BgpDaemon left, BgpDaemon right)
    {
        await using var lab = new BgpLab();
        var a = lab.Peer(1, left);
        var b = lab.Peer(2, right);
        a.Configure(Router(1, 64501, 64502, 2) with { Routes = [Full("198.51.100.0/24"), Plain6] });
        b.Configure(Router(2, 64502, 64501, 1) with { Routes = [Full("203.0.113.0/24")] });
        await a.StartAsync();
        await b.StartAsync();

        var session = await a.WaitForEstablishedAsync(BgpLab.V4(2));
        session.HoldTime.Should().Be(9);
        (await b.WaitForEstablishedAsync(BgpLab.V4(1))).HoldTime.Should().Be(9);
        Check(await a.WaitForPathAsync(IPNetwork.Parse("203.0.113.0/24")), 2, "64502 64510 4200000000");
        Check(await b.WaitForPathAsync(IPNetwork.Parse("198.51.100.0/24")), 1, "64501 64510 4200000000");
        await a.WaitForKernelRouteAsync(IPNetwork.Parse("203.0.113.0/24"), BgpLab.V4(2));

        b.Announce(Plain6 with { Prefix = IPNetwork.Parse("203.0.113.128/25"), Med = 7 });
        (await a.WaitForPathAsync(IPNetwork.Parse("203.0.113.128/25"))).Med.Should().Be(7);
        a.Announce(Plain4 with { Med = 8 });
        (await b.WaitForPathsAsync(Plain4.Prefix, static paths => paths is [{ Med: 8 }], "the other MED"))[0].Communities.Should().BeEmpty();
        b.Withdraw(IPNetwork.Parse("203.0.113.0/24"));
        await a.WaitForNoPathAsync(IPNetwork.Parse("203.0.113.0/24"));
        await a.WaitForKernelRouteAsync(IPNetwork.Parse("203.0.113.0/24"));

        b.SetAdministrativelyDown(BgpLab.V4(1), true, "for the night");
        // GoBGP 3.10 sends no words.
        await a.WaitForNotificationAsync(right == BgpDaemon.GoBgp ? "administrative shutdown" : "for the night");
        await a.WaitForNoPathAsync(IPNetwork.Parse("203.0.113.128/25"));
    }

    private static PeerRoute Full(string prefix) => PeerRoute.To(prefix) with
    {
        Med = 10,
        AsPath = [64510, 4_200_000_000],
        Communities = [0xfbf4_0001, 0xffff_0000],
        ExtendedCommunities = [CommunityText.Target(64500, 7), CommunityText.Target(4_200_000_000, 8)],
        LargeCommunities = [new BgpLargeCommunity(64500, 1, 4_294_967_295)],
    };

    private static void Check(PeerPath path, int from, string asPath)
    {
        path.Should().BeEquivalentTo(
            new PeerPath(path.Prefix)
            {
                From = BgpLab.V4(from),
                NextHops = [BgpLab.V4(from)],
                AsPath = asPath,
                Med = 10,
                Communities = [0xfbf4_0001, 0xffff_0000],
                ExtendedCommunities = [CommunityText.Target(64500, 7), CommunityText.Target(4_200_000_000, 8)],
                LargeCommunities = [new BgpLargeCommunity(64500, 1, 4_294_967_295)],
                IsBest = true,
            },
            static options => options.Excluding(static p => p.LocalPreference).ComparingByMembers<PeerPath>());
    }

    private static RouterSettings Router(int host, uint localAs, uint remoteAs, int neighbour)
        => new(localAs, BgpLab.V4(host)) { Neighbours = [new NeighbourSettings(BgpLab.V4(neighbour), remoteAs) { Local = BgpLab.V4(host) }] };
}
