using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Tests.Wire;
using Loxi.Bgp.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Live;

/// <summary>Rows T of the bad input list against a whole speaker over TCP. Hours pass by a clock of the test; T11 is a root test.</summary>
public sealed class LiveTimeTests
{
    private static readonly Func<BgpPeerSettings, BgpPeerSettings> NoHoldTime = static peer => peer with { HoldTime = TimeSpan.Zero };

    [Fact]
    [Trait("Row", "T01")]
    public async Task T01_ConnectAndSilence_EndsAfterTheOpenHoldTime()
    {
        var time = new FakeTimeProvider();
        await using var lab = await LiveLab.StartAsync(time: time, witness: NoHoldTime);
        var peer = await lab.ConnectAsync();
        await peer.ReadUntilAsync(MessageType.Open);
        lab.Report.State.Should().Be(BgpState.OpenSent);

        time.Advance(TimeSpan.FromSeconds(239));
        lab.Report.State.Should().Be(BgpState.OpenSent);
        time.Advance(TimeSpan.FromSeconds(1));
        (await peer.ReadNotificationAsync()).Should().Be("4/0");
        lab.WitnessIsUntouched();
    }

    [Fact]
    [Trait("Row", "T02")]
    public async Task T02_OneOctetPerSecond_DoesNotHoldTheTimerUp()
    {
        var time = new FakeTimeProvider();
        await using var lab = await LiveLab.StartAsync(time: time, witness: NoHoldTime);
        var peer = await lab.ConnectAsync();
        await peer.ReadUntilAsync(MessageType.Open);
        lab.Report.State.Should().Be(BgpState.OpenSent);
        // An OPEN that never ends.
        var open = MessageOfLength(4096, 1, new byte[4077]);
        for (var second = 0; second < 240; second++)
        {
            await peer.SendAsync([open[second]]);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        // Once, for a second, it is put off when an octet has come that was not read yet.
        if (lab.Report.State == BgpState.OpenSent)
        {
            time.Advance(TimeSpan.FromSeconds(1));
        }

        (await peer.ReadNotificationAsync()).Should().Be("4/0");
        lab.WitnessIsUntouched();
    }

    [Fact]
    [Trait("Row", "T03")]
    public async Task T03_AThousandStrangers_AreRefused()
    {
        await using var lab = await LiveLab.StartAsync();
        await lab.EstablishAsync();
        for (var i = 0; i < 1000; i++)
        {
            (await RawPeer.IsResetAsync(lab.StrangerAddress, lab.EndPoint)).Should().BeTrue();
        }

        lab.Speaker.ReadStatus().RefusedConnections.Should().Be(1000);
        lab.Report.State.Should().Be(BgpState.Established);
        lab.WitnessIsUntouched();
    }

    [Fact]
    [Trait("Row", "T04")]
    public async Task T04_PeerThatStopsReading_IsGivenUpAfterTheSendHoldTime()
    {
        var time = new FakeTimeProvider();
        await using var lab = await LiveLab.StartAsync(time: time, witness: NoHoldTime);
        var peer = await lab.EstablishAsync();
        ImmutableArray<BgpLargeCommunity> many = [.. Enumerable.Range(0, 64).Select(static i => new BgpLargeCommunity(64_496, (uint)i, 1))];
        // As it is set it does not grow: the kernel's limit for buffers that do is 32 MB on some systems.
        peer.Socket.ReceiveBufferSize = 65_536;
        // Nothing is packed: 8 MB, more than the buffers of both sides hold.
        var next = IPAddress.Parse("192.0.2.9");
        await lab.Speaker.SetAdvertisementsAsync(
            [.. Enumerable.Range(0, 10_000).Select(i => new BgpAdvertisement(new IPNetwork(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), 32)) { Med = (uint)i, NextHop = next, LargeCommunities = many })], TestContext.Current.CancellationToken);
        // 8 minutes from the last octet that left.
        for (var minute = 0; lab.Report.State == BgpState.Established; minute++)
        {
            minute.Should().BeLessThan(60);
            var before = lab.Report.Counters.MessagesReceived;
            await peer.SendAsync(Messages.Keepalive);
            await LiveLab.UntilAsync(() => lab.Report.Counters.MessagesReceived > before || lab.Report.State != BgpState.Established);
            time.Advance(TimeSpan.FromSeconds(60));
        }

        var end = lab.Report.LastEnd!;
        (end.Code, end.Subcode, end.IsRemote).Should().Be(((byte?)8, (byte?)0, false));
        // It has read nothing meanwhile: how long these hours take the test is nobody's patience.
        await lab.Witness.UntilLostAsync(LiveLab.Route4);
        lab.WitnessIsUntouched();
    }

    /// <summary>Own connection and the peer's, OPENs on both: the list of the identifiers, then of the ASes, says which one stays.</summary>
    [Theory]
    [InlineData(0xc00002ff, LiveLab.PeerAs, "6/7", "")]
    [InlineData(0xc0000201, LiveLab.PeerAs, "", "6/7")]
    [InlineData(0xc00002fe, LiveLab.PeerAs, "", "6/7")]
    [InlineData(0xc00002fe, LiveLab.OwnAs, "2/3", "2/3")]
    [Trait("Row", "T05")]
    public async Task T05_Collision_OneStays(uint identifier, uint number, string ownEnds, string peersEnds)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await using var lab = await LiveLab.StartAsync(
            peer =>
            {
                listener.Bind(new IPEndPoint(peer.Address, 0));
                listener.Listen();
                return peer with { Passive = false, RemotePort = ((IPEndPoint)listener.LocalEndPoint!).Port };
            },
            peerAs: number);
        using var own = await RawPeer.AcceptAsync(listener);
        var peers = await lab.ConnectAsync();
        await own.ReadUntilAsync(MessageType.Open);
        await peers.ReadUntilAsync(MessageType.Open);
        var open = OpenWith(4, (ushort)number, 90, identifier, 0);
        await own.SendAsync(open);
        if (ownEnds != "2/3")
        {
            await own.ReadUntilAsync(MessageType.Keepalive);
        }

        await peers.SendAsync(open);
        foreach (var (connection, ends) in new[] { (own, ownEnds), (peers, peersEnds) })
        {
            if (ends.Length > 0)
            {
                (await connection.ReadNotificationAsync()).Should().Be(ends);
            }
        }

        if (ownEnds.Length == 0 || peersEnds.Length == 0)
        {
            await (ownEnds.Length == 0 ? own : peers).SendAsync(Messages.Keepalive);
            await LiveLab.UntilAsync(() => lab.Report.State == BgpState.Established);
        }

        lab.WitnessIsUntouched();
    }

    [Theory]
    [InlineData(0, 90)]
    [InlineData(90, 0)]
    [InlineData(0, 0)]
    [InlineData(90, 30)]
    [Trait("Row", "T06")]
    public async Task T06_HoldTimeZero_NoKeepaliveAndNoTimer(int ours, int theirs)
    {
        var time = new FakeTimeProvider();
        await using var lab = await LiveLab.StartAsync(peer => peer with { HoldTime = TimeSpan.FromSeconds(ours) }, time, witness: NoHoldTime);
        var open = LiveCase.OpenOf(LiveLab.PeerAs);
        (open[22], open[23]) = (0, (byte)theirs);
        var peer = await lab.EstablishAsync(open);
        var expected = Math.Min(ours, theirs);
        lab.Report.Session!.HoldTime.Should().Be(TimeSpan.FromSeconds(expected));
        var sent = lab.Report.Counters.MessagesSent;
        time.Advance(expected == 0 ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(expected));
        if (expected == 0)
        {
            lab.Report.State.Should().Be(BgpState.Established);
            lab.Report.Counters.MessagesSent.Should().Be(sent);
        }
        else
        {
            (await peer.ReadNotificationAsync()).Should().Be("4/0");
        }

        lab.WitnessIsUntouched();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Row", "T07")]
    public async Task T07_MoreThanThePrefixLimit_EndsAndStaysDown(bool isGraceful)
    {
        await using var lab = await LiveLab.StartAsync(peer => peer with { PrefixLimit = 2, GracefulRestart = isGraceful });
        // N of RFC 8538, 120 s, IPv4.
        var peer = await lab.EstablishAsync(LiveCase.OpenOf(LiveLab.PeerAs, false, isGraceful ? [Capability(64, 0x40, 120, 0, 1, 1, 0)] : []));
        await peer.SendAsync(Update([], Mandatory, [24, 198, 18, 0, 24, 198, 18, 1]));
        var notification = await peer.ReadUntilAsync(MessageType.Notification);
        notification[19..].Should().StartWith(isGraceful ? (byte[])[6, 9, 6, 1] : [6, 1]);
        await lab.Witness.UntilLostAsync(LiveLab.Route4);
        lab.Report.Held.Should().Be("prefix limit");
        lab.WitnessIsUntouched();
    }

    [Fact]
    [Trait("Row", "T08")]
    public async Task T08_NotificationDuringOpenSent_IsKept()
    {
        await using var lab = await LiveLab.StartAsync();
        var peer = await lab.ConnectAsync();
        await peer.ReadUntilAsync(MessageType.Open);
        await peer.SendAsync(Messages.Notification(BgpErrorCode.OpenMessage, 2, 0xfb, 0xf0));
        (await peer.ReadAsync()).Should().BeNull();
        lab.Report.LastEnd.Should().BeEquivalentTo(new { IsRemote = true, Code = (byte?)2, Subcode = (byte?)2, State = BgpState.OpenSent });
        lab.WitnessIsUntouched();
    }

    [Fact]
    [Trait("Row", "T09")]
    public async Task T09_WrongLocalAddress_IsRefused()
    {
        await using var lab = await LiveLab.StartAsync();
        await lab.EstablishAsync();
        (await RawPeer.IsResetAsync(lab.PeerAddress, new IPEndPoint(lab.OtherOwnAddress, lab.EndPoint.Port))).Should().BeTrue();
        lab.Speaker.ReadStatus().RefusedConnections.Should().Be(1);
        lab.Report.State.Should().Be(BgpState.Established);
    }

    [Fact]
    [Trait("Row", "T10")]
    public async Task T10_AMillionChangesOfOnePrefix_LastStateWins()
    {
        await using var lab = await LiveLab.StartAsync();
        var peer = await lab.EstablishAsync();
        byte[] two = [.. Announce(Mandatory, Attribute(Optional, 4, Number(1))), .. Announce(Mandatory, Attribute(Optional, 4, Number(2)))];
        byte[] thousand = [.. Enumerable.Repeat(two, 500).SelectMany(static m => m)];
        for (var i = 0; i < 1000; i++)
        {
            await peer.SendAsync(thousand);
        }

        await peer.SendAsync(Update([], Mandatory, [24, 203, 0, 113]));
        // The witness has not read all the while: what is kept for it is the two prefixes, not their changes.
        await LiveLab.UntilAsync(() => lab.Report.Counters.UpdatesReceived == 1_000_000 + 2);
        lab.Speaker.ReadPeers().Single(other => other.Key != lab.Key).Families.Sum(static family => family.Pending).Should().BeLessThanOrEqualTo(2);
        await lab.Witness.UntilHasAsync(LiveLab.Sentinel);
        lab.Report.Counters.UpdatesReceived.Should().Be(1_000_000 + 2);
        lab.Find(BgpRouteKind.Received, LiveLab.Route4)!.Med.Should().Be(2);
        lab.WitnessIsUntouched();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Row", "T12")]
    public async Task T12_NewConnectionOfAnEstablishedPeer(bool isGraceful)
    {
        await using var lab = await LiveLab.StartAsync(peer => peer with { GracefulRestart = isGraceful });
        var open = LiveCase.OpenOf(LiveLab.PeerAs, false, isGraceful ? [Capability(64, 0x40, 120, 0, 1, 1, 0x80)] : []);
        var peer = await lab.EstablishAsync(open);
        var second = await lab.ConnectAsync();
        if (!isGraceful)
        {
            (await second.ReadNotificationAsync()).Should().Be("6/7");
            lab.Report.Counters.Established.Should().Be(1);
            lab.WitnessIsUntouched();
            return;
        }

        await second.SendAsync(open, Messages.Keepalive);
        await LiveLab.UntilAsync(() => lab.Report.Counters.Established == 2);
        lab.Find(BgpRouteKind.Received, LiveLab.Route4)!.IsStale.Should().BeTrue("RFC 4724 5: it is kept");
        while (await peer.ReadAsync() is { } message)
        {
            message[18].Should().NotBe((byte)MessageType.Notification);
        }

        lab.WitnessIsUntouched();
    }

    [Fact]
    [Trait("Row", "T13")]
    public async Task T13_PeerThatFlapsAHundredTimesAMinute_IsDamped()
    {
        var time = new FakeTimeProvider();
        await using var lab = await LiveLab.StartAsync(time: time, witness: NoHoldTime);
        var (ends, held) = (0L, 0);
        for (var i = 0; i < 100; i++)
        {
            using var peer = await RawPeer.TryConnectAsync(lab.PeerAddress, lab.EndPoint);
            if (peer is not null && await ComesUpAsync(peer))
            {
                ends++;
            }

            peer?.Dispose();
            await LiveLab.UntilAsync(() => lab.Report.State <= BgpState.Active);
            held += lab.Report.Held == "waits after a failure" ? 1 : 0;
            time.Advance(TimeSpan.FromMilliseconds(600));
        }

        ends.Should().BeInRange(1, 12, "the time that it is held back grows");
        lab.Report.Counters.Established.Should().Be(ends);
        held.Should().BeGreaterThan(80, "it is told why nobody is let in");
        lab.WitnessIsUntouched();

        async Task<bool> ComesUpAsync(RawPeer peer)
        {
            try
            {
                await peer.SendAsync(LiveCase.OpenOf(LiveLab.PeerAs), Messages.Keepalive);
                while (await peer.ReadAsync() is { } message && message[18] != (byte)MessageType.Notification)
                {
                    if (message[18] == (byte)MessageType.Keepalive)
                    {
                        await LiveLab.UntilAsync(() => lab.Report.State == BgpState.Established);
                        return true;
                    }
                }

                return false;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    [Fact]
    [Trait("Row", "T14")]
    public async Task T14_BfdDown_EndsTheSession_AdminDownDoesNot()
    {
        await using var lab = await LiveLab.StartAsync(static peer => peer with { Bfd = BgpBfdMode.Follow });
        var peer = await lab.EstablishAsync();
        lab.Speaker.SetBfdState(lab.Key, BgpBfdState.Up, isControlPlaneIndependent: false);
        lab.Speaker.SetBfdState(lab.Key, BgpBfdState.Unknown, isControlPlaneIndependent: false);
        lab.Report.State.Should().Be(BgpState.Established, "RFC 5882 3.2");
        lab.Speaker.SetBfdState(lab.Key, BgpBfdState.Up, isControlPlaneIndependent: false);
        lab.Speaker.SetBfdState(lab.Key, BgpBfdState.Down, isControlPlaneIndependent: false);
        (await peer.ReadNotificationAsync()).Should().Be("6/10");
        await lab.Witness.UntilLostAsync(LiveLab.Route4);
        lab.WitnessIsUntouched();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [Trait("Row", "T15")]
    public async Task T15_StrictMode_WaitsForBfdWhenBothHaveIt(bool isStrictPeer, bool comesUp)
    {
        var time = new FakeTimeProvider();
        await using var lab = await LiveLab.StartAsync(static peer => peer with { Bfd = BgpBfdMode.Strict }, time, witness: NoHoldTime);
        lab.Speaker.SetBfdState(lab.Key, BgpBfdState.Down, isControlPlaneIndependent: false);
        var peer = await lab.ConnectAsync();
        await peer.SendAsync(LiveCase.OpenOf(LiveLab.PeerAs, false, isStrictPeer ? [Capability(74)] : []), Messages.Keepalive);
        if (!isStrictPeer)
        {
            await LiveLab.UntilAsync(() => lab.Report.State == BgpState.Established);
            return;
        }

        await peer.ReadUntilAsync(MessageType.Open);
        await LiveLab.UntilAsync(() => lab.Report.Counters.MessagesReceived == 2);
        lab.Report.State.Should().NotBe(BgpState.Established);
        if (comesUp)
        {
            lab.Speaker.SetBfdState(lab.Key, BgpBfdState.Up, isControlPlaneIndependent: false);
            await LiveLab.UntilAsync(() => lab.Report.State == BgpState.Established);
        }
        else
        {
            time.Advance(TimeSpan.FromSeconds(90));
            await peer.ReadNotificationAsync();
            lab.Report.State.Should().NotBe(BgpState.Established);
        }

        lab.WitnessIsUntouched();
    }
}
