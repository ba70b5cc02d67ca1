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

    public enum Setting
    {
        IPv6,
        LinkLocal,
        OneAs,
        BothFamilies,
        Password,
        Gtsm,
        GracefulRestart,
        AddPath,
        NoHoldTime,
    }

    public static TheoryData<BgpDaemon, BgpDaemon> Pairs => new()
    {
        { BgpDaemon.Frr, BgpDaemon.Bird },
        { BgpDaemon.Frr, BgpDaemon.GoBgp },
    };

    public static TheoryData<BgpDaemon, BgpDaemon> Helpers => new()
    {
        { BgpDaemon.Frr, BgpDaemon.Bird },
        { BgpDaemon.Bird, BgpDaemon.Frr },
        { BgpDaemon.GoBgp, BgpDaemon.Bird },
        { BgpDaemon.Bird, BgpDaemon.GoBgp },
    };

    // GoBGP 3.10 closes a session without a hold time at once.
    public static TheoryData<BgpDaemon, BgpDaemon, Setting> Settings => new(
        from right in new[] { BgpDaemon.Bird, BgpDaemon.GoBgp }
        from setting in Enum.GetValues<Setting>()
        where (right, setting) is not (BgpDaemon.GoBgp, Setting.NoHoldTime)
        select (BgpDaemon.Frr, right, setting));

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
        Check(await ChosenAsync(a, "203.0.113.0/24"), 2, "64502 64510 4200000000");
        Check(await ChosenAsync(b, "198.51.100.0/24"), 1, "64501 64510 4200000000");
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
        await a.WaitForCeaseAsync(2, right == BgpDaemon.GoBgp ? "" : "for the night");
        await a.WaitForNoPathAsync(IPNetwork.Parse("203.0.113.128/25"));
    }

    /// <summary>FRR shows a path a moment before it chooses among them.</summary>
    private static async Task<PeerPath> ChosenAsync(BgpPeer peer, string prefix)
        => (await peer.WaitForPathsAsync(IPNetwork.Parse(prefix), static paths => paths is [{ IsBest: true }], "one path, chosen"))[0];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task TwoDaemons_AreUpWithEachSetting(BgpDaemon left, BgpDaemon right, Setting setting)
    {
        await using var lab = new BgpLab();
        var (a, b) = (lab.Peer(1, left), lab.Peer(2, right));
        Func<int, IPAddress> address = setting switch
        {
            Setting.IPv6 or Setting.BothFamilies => BgpLab.V6,
            Setting.LinkLocal => BgpLab.LinkLocal,
            _ => BgpLab.V4,
        };
        var isInternal = setting == Setting.OneAs;
        a.Configure(new RouterSettings(64501, BgpLab.V4(1)) { Neighbours = [With(new NeighbourSettings(address(2), isInternal ? 64501u : 64502) { Local = address(1) })] });
        b.Configure(new RouterSettings(isInternal ? 64501u : 64502, BgpLab.V4(2)) { Neighbours = [With(new NeighbourSettings(address(1), 64501) { Local = address(2) })], Routes = [Plain4, Plain6] });
        await a.StartAsync();
        await b.StartAsync();

        await a.WaitForEstablishedAsync(address(2));
        foreach (var route in new[] { Plain4, Plain6 }.Where(route => With(new NeighbourSettings(address(2), 1)).Families.Contains(route.Family)))
        {
            (await a.WaitForPathAsync(route.Prefix)).From.Should().Be(address(2));
        }

        NeighbourSettings With(NeighbourSettings settings) => setting switch
        {
            Setting.Password => settings with { Password = "secret" },
            Setting.Gtsm => settings with { Gtsm = true },
            Setting.BothFamilies or Setting.LinkLocal => settings with { Families = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast] },
            Setting.GracefulRestart => settings with { RestartTime = 60, LongLivedStaleTime = 60 },
            Setting.AddPath => settings with { AddPath = true },
            Setting.NoHoldTime => settings with { HoldTime = 0, KeepaliveInterval = 0 },
            _ => settings,
        };
    }

    [Theory]
    [MemberData(nameof(Helpers))]
    public async Task HelperAndRestartingDaemon_RouteIsStaleMeanwhile_AndFreshAfterIt(BgpDaemon helper, BgpDaemon restarting)
    {
        await using var lab = new BgpLab();
        var (a, b) = (lab.Peer(1, helper), lab.Peer(2, restarting));
        a.Configure(Router(1, 64501, 64502, 2, static n => n with { RestartTime = 60 }));
        b.Configure(Router(2, 64502, 64501, 1, static n => n with { RestartTime = 60 }) with { Routes = [Plain4] });
        await a.StartAsync();
        await b.StartAsync();
        await a.WaitForPathAsync(Plain4.Prefix);

        await b.Daemon.KillAsync();
        await a.WaitForPathsAsync(Plain4.Prefix, static paths => paths is [{ IsStale: true }], "stale");
        await b.RestartAsync();
        await a.WaitForPathsAsync(Plain4.Prefix, static paths => paths is [{ IsStale: false }], "fresh");
    }

    [Theory]
    [MemberData(nameof(Helpers))]
    public async Task RangeOfNeighbours_WhoeverComesFromItIsAccepted(BgpDaemon listener, BgpDaemon other)
    {
        await using var lab = new BgpLab();
        var (a, b) = (lab.Peer(1, listener), lab.Peer(2, other));
        a.Configure(Router(1, 64501, 64502, 2, static n => n with { Range = IPNetwork.Parse("192.0.2.0/24"), Passive = true }));
        b.Configure(Router(2, 64502, 64501, 1) with { Routes = [Plain4] });
        await a.StartAsync();
        await b.StartAsync();

        (await a.WaitForPathAsync(Plain4.Prefix)).From.Should().Be(BgpLab.V4(2));
        await a.WaitForEstablishedAsync(BgpLab.V4(2));
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

    private static RouterSettings Router(int host, uint localAs, uint remoteAs, int neighbour, Func<NeighbourSettings, NeighbourSettings>? change = null)
    {
        var settings = new NeighbourSettings(BgpLab.V4(neighbour), remoteAs) { Local = BgpLab.V4(host) };
        return new(localAs, BgpLab.V4(host)) { Neighbours = [change?.Invoke(settings) ?? settings] };
    }
}
