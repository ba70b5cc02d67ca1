using System.Net;
using FluentAssertions;
using Loxi.Bgp.Tests.Live;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Tests.Wire;
using Loxi.Bgp.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Speaker;

/// <summary>The speaker itself restarts (RFC 4724 4.1, 8538): what it tells before and after, over TCP.</summary>
public sealed class OwnRestartTests
{
    private static readonly Func<BgpPeerSettings, BgpPeerSettings> Graceful = static peer => peer with { GracefulRestart = true, HoldTime = TimeSpan.Zero };
    private static readonly Func<BgpPeerSettings, BgpPeerSettings> NoHoldTime = static peer => peer with { HoldTime = TimeSpan.Zero };

    [Fact]
    public async Task LearnedRoutes_WaitForTheEndOfRibOfAllPeersWithGracefulRestart()
    {
        await using var lab = await LiveLab.StartAsync(Graceful, hasRestarted: true);
        await lab.Speaker.SetAdvertisementsAsync([SpeakerPair.Vip(1)], TestContext.Current.CancellationToken);
        await lab.Witness.UntilHasAsync("203.0.113.1/32");
        var peer = await ConnectAsync(lab, Gr(restarted: false));
        await peer.SendAsync(Announce(Mandatory));
        await LiveLab.UntilAsync(() => lab.Report.Counters.UpdatesReceived == 1);
        lab.Speaker.ReadStatus().Routes.Single(static r => r.Key == BgpFamily.Ipv4Unicast).Value.Should().Be(1, "the own one alone is chosen");

        await peer.SendAsync(Update([], [], []), Update([], MpUnreach(2, 1, []), []));
        await lab.Witness.UntilHasAsync(LiveLab.Route4);
        await lab.Witness.UntilAsync(() => lab.Witness.EndsOfRib == 2);
    }

    [Fact]
    public async Task PeerThatRestartsTooOrShowsNoGracefulRestart_IsNotWaitedFor()
    {
        await using var lab = await LiveLab.StartAsync(Graceful, hasRestarted: true);
        var peer = await ConnectAsync(lab, Gr(restarted: true));
        await peer.SendAsync(Announce(Mandatory));
        await lab.Witness.UntilHasAsync(LiveLab.Route4);
    }

    [Fact]
    public async Task RestartTimeOver_RoutesAreChosen_AndNobodyIsToldOfTheRestartAnyMore()
    {
        var time = new FakeTimeProvider();
        await using var lab = await LiveLab.StartAsync(Graceful, time, witness: NoHoldTime, hasRestarted: true);
        var peer = await lab.ConnectAsync();
        GracefulRestartOf(await peer.ReadUntilAsync(MessageType.Open)).Should().Be((0x80, 0x80), "R and F: it has restarted, and forwards");
        await peer.SendAsync(LiveCase.OpenOf(LiveLab.PeerAs, false, Gr(restarted: false)), Messages.Keepalive, Announce(Mandatory));
        await LiveLab.UntilAsync(() => lab.Report.Counters.UpdatesReceived == 1);
        lab.Find(BgpRouteKind.Best, LiveLab.Route4).Should().BeNull();

        time.Advance(TimeSpan.FromSeconds(120));
        await lab.Witness.UntilHasAsync(LiveLab.Route4);

        await using var late = await LiveLab.StartAsync(Graceful, time, witness: NoHoldTime, hasRestarted: true);
        time.Advance(TimeSpan.FromSeconds(120));
        var other = await late.ConnectAsync();
        GracefulRestartOf(await other.ReadUntilAsync(MessageType.Open)).Should().Be((0, 0), "what the peer had of us is gone by then");
    }

    [Fact]
    public async Task PeerOfARange_IsToldOfTheRestartToo()
    {
        await using var lab = await LiveLab.StartAsync(Graceful, hasRestarted: true, isRange: true);
        var peer = await lab.ConnectAsync();
        GracefulRestartOf(await peer.ReadUntilAsync(MessageType.Open)).Should().Be((0x80, 0x80));
    }

    /// <summary>The other side: one of a range that restarts is waited for as long as its routes are kept, and no longer.</summary>
    [Fact]
    public async Task PeerOfARangeWithGracefulRestart_IsForgottenAfterItsRestartTime()
    {
        var time = new FakeTimeProvider();
        await using var lab = await LiveLab.StartAsync(Graceful, time, witness: NoHoldTime, isRange: true);
        var peer = await ConnectAsync(lab, Gr(restarted: false));
        await peer.SendAsync(Announce(Mandatory));
        await lab.Witness.UntilHasAsync(LiveLab.Route4);
        peer.Dispose();
        await LiveLab.UntilAsync(() => lab.Report.State != BgpState.Established);
        time.Advance(TimeSpan.FromSeconds(60));
        lab.Report.State.Should().Be(BgpState.Active);
        lab.Find(BgpRouteKind.Received, LiveLab.Route4)!.IsStale.Should().BeTrue();

        time.Advance(TimeSpan.FromSeconds(60));

        await LiveLab.UntilAsync(() => lab.Speaker.ReadPeers().Length == 1);
        await lab.Witness.UntilLostAsync(LiveLab.Route4);
    }

    [Theory]
    [InlineData(true, true, null)]
    [InlineData(true, false, "6/2")]
    [InlineData(false, true, "6/9")]
    [InlineData(false, false, "6/2")]
    public async Task Stop_WithARestartInMind_SaysNothingToPeersWithGracefulRestart(bool isRestart, bool isGraceful, string? expected)
    {
        await using var lab = await LiveLab.StartAsync(Graceful);
        var peer = await ConnectAsync(lab, isGraceful ? Gr(restarted: false) : []);
        await (isRestart ? lab.Speaker.StopForRestartAsync("upgrade") : lab.Speaker.StopAsync("away"));
        string? told = null;
        while (await peer.ReadAsync() is { } message)
        {
            told = message[18] == (byte)MessageType.Notification ? $"{message[19]}/{message[20]}" : told;
        }

        told.Should().Be(expected);
    }

    private static async Task<RawPeer> ConnectAsync(LiveLab lab, byte[] capability)
    {
        var peer = await lab.ConnectAsync();
        await peer.SendAsync(LiveCase.OpenOf(LiveLab.PeerAs, false, capability.Length == 0 ? [] : [capability]), Messages.Keepalive);
        await LiveLab.UntilAsync(() => lab.IsEstablished);
        return peer;
    }

    /// <summary>N, and R when restarted; 120 s, both families with F.</summary>
    private static byte[] Gr(bool restarted) => Capability(64, (byte)(restarted ? 0xc0 : 0x40), 120, 0, 1, 1, 0x80, 0, 2, 1, 0x80);

    /// <summary>The R bit, and F of the first family, of an OPEN.</summary>
    private static (int R, int F) GracefulRestartOf(byte[] open)
    {
        for (var at = 29; at < open.Length;)
        {
            var end = at + 2 + open[at + 1];
            for (at += 2; at < end; at += 2 + open[at + 1])
            {
                if (open[at] == 64)
                {
                    return (open[at + 2] & 0x80, open[at + 7] & 0x80);
                }
            }
        }

        throw new InvalidOperationException("The OPEN has no graceful restart.");
    }
}
