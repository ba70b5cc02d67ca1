using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>TCP MD5 (RFC 2385) and GTSM (RFC 5082).</summary>
public sealed class ProtectionTests
{
    private static readonly IPNetwork Our = Some.Our(BgpFamily.Ipv4Unicast);

    public static TheoryData<BgpDaemon, Reach> All => new(
        from daemon in Cases.Daemons
        from isV6 in Cases.NoAndYes
        select (daemon, isV6 ? Reach.IPv6 : Reach.IPv4));

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    public static TheoryData<BgpDaemon, bool> PeersAndSides => new(
        from daemon in Cases.Daemons
        from weConnect in Cases.NoAndYes
        select (daemon, weConnect));

    [Theory]
    [MemberData(nameof(PeersAndSides))]
    [Trait("Suite", Suites.Quick)]
    public async Task SameKey_IsUp_WhoeverConnects(BgpDaemon kind, bool weConnect)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { Md5Password = "secret", Passive = !weConnect };
        lab.Theirs = lab.Theirs with { Password = "secret", Passive = weConnect };
        await lab.StartUpAsync();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task OtherKey_NothingPasses_UntilItIsTheSame(BgpDaemon kind, Reach reach)
    {
        await using var lab = new PairLab(kind, reach);
        lab.Ours = lab.Ours with { Md5Password = "other" };
        lab.Theirs = lab.Theirs with { Password = "secret" };
        await lab.StartAsync();
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.Counters.ConnectAttempts >= 2, "tried twice");

        lab.Node.ReadPeer(lab.TheirAddress)!.Counters.MessagesReceived.Should().Be(0);
        lab.Peer.ReadSession(lab.OurAddress)!.IsEstablished.Should().BeFalse();

        await lab.ChangeAsync(static settings => settings with { Md5Password = "secret" });
        await lab.WaitForBothAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task KeyOnOneSideOnly_NothingPasses(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Theirs = lab.Theirs with { Password = "secret" };
        await lab.StartAsync();
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.Counters.ConnectAttempts >= 2, "tried twice");

        lab.Node.ReadPeer(lab.TheirAddress)!.Counters.MessagesReceived.Should().Be(0);
        await lab.ChangeAsync(static settings => settings with { Md5Password = "secret" });
        await lab.WaitForBothAsync();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task BothWithGtsm_IsUp_AndAKeyGoesWithIt(BgpDaemon kind, Reach reach)
    {
        await using var lab = new PairLab(kind, reach);
        lab.Ours = lab.Ours with { GtsmHops = 1, Md5Password = "secret" };
        lab.Theirs = lab.Theirs with { Gtsm = true, Password = "secret" };
        await lab.StartUpAsync();
    }

    [Theory]
    [MemberData(nameof(PeersAndSides))]
    public async Task BothWithGtsm_IsUp_WhoeverConnects(BgpDaemon kind, bool weConnect)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { GtsmHops = 1, Passive = !weConnect };
        lab.Theirs = lab.Theirs with { Gtsm = true, Passive = weConnect };
        await lab.StartUpAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task OnlyWeWithGtsm_IsNotUp(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = lab.Ours with { GtsmHops = 1, ConnectRetryLimit = TimeSpan.FromSeconds(1), OpenHoldTime = TimeSpan.FromSeconds(3) };
        await lab.StartAsync();
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.Counters is { MessagesSent: >= 2 } or { ConnectAttempts: >= 2 }, "tried twice, by whomever");

        // Its packets have a TTL of 1, and no part of a connection with it is taken.
        lab.Node.ReadPeer(lab.TheirAddress)!.Counters.MessagesReceived.Should().Be(0);
        await lab.ChangeAsync(static settings => settings with { GtsmHops = null });
        await lab.WaitForBothAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task OnlyThePeerWithGtsm_IsNotUp(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Theirs = lab.Theirs with { Gtsm = true };
        await lab.StartAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our));
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.Counters.ConnectAttempts >= 2, "tried twice");

        // Who sets the check on a connection that was accepted has what came before that: our OPEN may be there, and we may hear a KEEPALIVE. Nothing gets there after it.
        lab.Peer.ReadSession(lab.OurAddress)!.IsEstablished.Should().BeFalse();
        lab.Peer.ReadPaths(Our).Should().BeEmpty();
    }
}
