using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Bgp.Session;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Transport;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Transport;

/// <summary>One peer against a plain socket: what arrives on the wire for what was sent.</summary>
public sealed class WireBehaviourTests
{
    private const string PeerAddress = "127.0.0.3";

    [Fact]
    public async Task OpenAndKeepalive_ComeUpWithUpdatesOfTheSameSegment()
    {
        await using var speaker = Speaker();
        using var peer = await RawPeer.ConnectAsync(PeerAddress, speaker.EndPoint);

        await peer.SendAsync([.. Messages.Open(64_513, "192.0.2.2"), .. Messages.Keepalive, .. Messages.Update(30), .. Messages.Update(40), .. Messages.Keepalive, .. Messages.Update(50)]);
        (await speaker.Rib.NextAsync()).Should().Be("up");
        (await speaker.Rib.NextAsync()).Should().Be("update 30");
        (await speaker.Rib.NextAsync()).Should().Be("update 40");
        (await speaker.Rib.NextAsync()).Should().Be("update 50");
        speaker.Peer.Counters.UpdatesReceived.Should().Be(3);
        speaker.Peer.Counters.MessagesReceived.Should().Be(6);
    }

    [Fact]
    public async Task EveryOctetAlone_ComesUpAllTheSame()
    {
        await using var speaker = Speaker();
        using var peer = await RawPeer.ConnectAsync(PeerAddress, speaker.EndPoint);
        foreach (var octet in (byte[])[.. Messages.Open(64_513, "192.0.2.2"), .. Messages.Keepalive, .. Messages.Update(30)])
        {
            await peer.SendAsync([octet]);
        }

        await speaker.Rib.WaitForAsync("update 30");
    }

    [Fact]
    public async Task LongestMessages_OverManySegments_ArriveWhole()
    {
        await using var speaker = Speaker();
        using var peer = await EstablishAsync(speaker);
        var sums = new List<int>();
        speaker.Rib.OnReceive = updates =>
        {
            sums.Add(updates.Length);
            return default;
        };
        for (var i = 0; i < 20; i++)
        {
            await peer.SendAsync(Messages.Update(65_535 - i), Messages.Update(23));
        }

        for (var i = 0; i < 20; i++)
        {
            (await speaker.Rib.NextAsync()).Should().Be($"update {65_535 - i}");
            (await speaker.Rib.NextAsync()).Should().Be("update 23");
        }

        sums.Sum().Should().Be(Enumerable.Range(0, 20).Sum(static i => 65_535 - i + 23));
    }

    [Theory]
    [InlineData("H01", 0, 0x7f, "1/1")]
    [InlineData("H02", 17, 18, "1/2")]
    [InlineData("H05", 18, 0, "1/3")]
    [InlineData("H06", 18, 6, "1/3")]
    [InlineData("H08", 17, 20, "1/2")]
    public async Task Rfc4271_Section6_1_BadHeader_IsAnsweredAndTheConnectionEnds(string row, int at, byte value, string expected)
    {
        await using var speaker = Speaker();
        using var peer = await EstablishAsync(speaker);
        var message = Messages.Keepalive.ToArray();
        message[at] = value;
        await peer.SendAsync([.. message, 0]);
        (await peer.ReadNotificationAsync()).Should().Be(expected, row);
        await speaker.Rib.WaitForAsync("down []");
    }

    [Fact]
    public async Task BadHeader_WithMuchUnreadBehindIt_StillDeliversTheNotification()
    {
        await using var speaker = Speaker();
        using var peer = await EstablishAsync(speaker);
        await peer.SendAsync(new byte[300_000]);
        (await peer.ReadNotificationAsync()).Should().Be("1/1", "a reset would have overtaken it");
    }

    [Fact]
    public async Task PeerThatEndsItsDirectionFirst_StillGetsTheNotification()
    {
        await using var speaker = Speaker();
        using var peer = await EstablishAsync(speaker);
        await peer.SendAsync([0]);
        peer.Socket.Shutdown(SocketShutdown.Send);
        (await peer.ReadNotificationAsync()).Should().Be("1/1");
    }

    [Fact]
    public async Task Rfc6608_O26_UpdateInsteadOfOpen_IsAnswered()
    {
        await using var speaker = Speaker();
        using var peer = await RawPeer.ConnectAsync(PeerAddress, speaker.EndPoint);
        await peer.SendAsync(Messages.Update());
        (await peer.ReadNotificationAsync()).Should().Be("5/1");
    }

    [Fact]
    public async Task Rfc4271_Section6_2_O01_Version3_NamesVersion4()
    {
        await using var speaker = Speaker();
        using var peer = await RawPeer.ConnectAsync(PeerAddress, speaker.EndPoint);
        var open = Messages.Open(64_513, "192.0.2.2");
        open[19] = 3;
        await peer.SendAsync(open);
        var notification = await peer.ReadUntilAsync(MessageType.Notification);
        notification[19..].Should().Equal(2, 1, 0, 4);
    }

    [Fact]
    public async Task ErrorOfTheRib_IsAnsweredWithItsData()
    {
        await using var speaker = Speaker();
        using var peer = await EstablishAsync(speaker);
        speaker.Rib.OnReceive = static updates => new ReceiveOutcome
        {
            Error = new BgpError(BgpErrorCode.UpdateMessage, 5, 20, ErrorHandling.SessionReset, 1, 19, 4),
            ErrorAt = updates.Length - 30,
        };
        await peer.SendAsync([.. Messages.Update(40), .. Messages.Update(30)]);
        var notification = await peer.ReadUntilAsync(MessageType.Notification);
        notification[19..].Should().Equal(3, 5, 0, 7, 0, 0);
    }

    [Fact]
    public async Task T07_PrefixLimit_IsAnswered()
    {
        await using var speaker = Speaker(static peer => peer with { PrefixLimit = 1 });
        using var peer = await EstablishAsync(speaker);
        speaker.Rib.OnReceive = static _ => new ReceiveOutcome { LimitExceeded = BgpFamily.Ipv4Unicast };
        await peer.SendAsync(Messages.Update());
        (await peer.ReadNotificationAsync()).Should().Be("6/1");
        speaker.Peer.GetStatus().Hold.Should().Be(HoldReason.PrefixLimit);
    }

    [Fact]
    public async Task Rfc2918_Refresh_IsPassedOnAndSent()
    {
        await using var speaker = Speaker();
        using var peer = await EstablishAsync(speaker);
        await peer.SendAsync(Messages.Refresh(BgpFamily.Ipv6Unicast));
        await speaker.Rib.WaitForAsync("refresh Request Ipv6Unicast");

        speaker.Peer.RequestRefresh(BgpFamily.Ipv4Unicast).Should().BeTrue();
        (await peer.ReadUntilAsync(MessageType.RouteRefresh))[19..].Should().Equal(0, 1, 0, 1);
    }

    [Fact]
    public async Task Rfc2918_PeerWithoutTheCapability_IsNotAsked()
    {
        await using var speaker = Speaker();
        speaker.Peer.RequestRefresh(BgpFamily.Ipv4Unicast).Should().BeFalse("there is no session");
        using var peer = await RawPeer.ConnectAsync(PeerAddress, speaker.EndPoint);
        await peer.SendAsync(Messages.Open(new OpenMessage { As = 64_513, HoldTime = 90, Identifier = 2, Capabilities = Capabilities.None }), Messages.Keepalive);
        await speaker.Rib.WaitForAsync("up");
        speaker.Peer.RequestRefresh(BgpFamily.Ipv4Unicast).Should().BeFalse();
    }

    [Fact]
    public async Task Rfc4271_Section6_8_T12_SecondConnection_IsRefusedWhileTheFirstStays()
    {
        await using var speaker = Speaker();
        using var peer = await EstablishAsync(speaker);
        using var second = await RawPeer.ConnectAsync(PeerAddress, speaker.EndPoint);
        (await second.ReadNotificationAsync()).Should().Be("6/7");
        await peer.SendAsync(Messages.Update(99));
        await speaker.Rib.WaitForAsync("update 99");
    }

    [Fact]
    public async Task Rfc4724_Section4_2_T12_SecondConnectionWithGracefulRestart_Replaces()
    {
        await using var speaker = Speaker(static peer => peer with { GracefulRestart = true });
        var open = LocalOpen.Create(new BgpSpeakerSettings(64_513, IPAddress.Parse("192.0.2.2")), new BgpPeerSettings(IPAddress.Loopback, 1) { GracefulRestart = true },
            true, [BgpFamily.Ipv4Unicast]);
        using var peer = await EstablishAsync(speaker, Messages.Open(open));
        using var second = await RawPeer.ConnectAsync(PeerAddress, speaker.EndPoint);
        await second.SendAsync(Messages.Open(open), Messages.Keepalive);
        await speaker.Rib.WaitForAsync("down [Ipv4Unicast Ipv6Unicast]");
        await speaker.Rib.WaitForAsync("purge Ipv6Unicast");
        await speaker.Rib.WaitForAsync("up");
        while (await peer.ReadAsync() is { } message)
        {
            message[18].Should().NotBe((byte)MessageType.Notification, "the old connection is closed without a word");
        }
    }

    [Fact]
    public async Task ConnectionLost_IsToldWithItsReason()
    {
        await using var speaker = Speaker();
        var peer = await EstablishAsync(speaker);
        peer.Socket.LingerState = new LingerOption(true, 0);
        peer.Dispose();
        await speaker.Rib.WaitForAsync("down []");
        var error = speaker.Peer.GetStatus().LastError!;
        error.Kind.Should().Be(SessionErrorKind.ConnectionLost);
        error.Text.Should().Be("Connection reset by peer");
    }

    [Fact]
    public async Task OwnAttempt_RefusedByThePeer_IsToldWithItsReason()
    {
        await using var speaker = new Loopback("127.0.0.2", 64_512, "192.0.2.1");
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Parse(PeerAddress), 0));
        using var observer = new StateObserver();
        var peer = speaker.Add(new BgpPeerSettings(IPAddress.Parse(PeerAddress), 64_513) { RemotePort = ((IPEndPoint)closed.LocalEndPoint!).Port }, observer: observer);
        peer.Start();
        await observer.WaitForAsync(BgpState.Active);
        peer.GetStatus().LastError!.Text.Should().Be("Connection refused");
        await observer.WaitForAsync(BgpState.Connect);
    }

    [Fact]
    public async Task OwnAttempt_ComesFromTheConfiguredAddress()
    {
        await using var speaker = new Loopback("127.0.0.2", 64_512, "192.0.2.1");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse(PeerAddress), 0));
        listener.Listen();
        speaker.Add(new BgpPeerSettings(IPAddress.Parse(PeerAddress), 64_513) { RemotePort = ((IPEndPoint)listener.LocalEndPoint!).Port }).Start();
        using var peer = await RawPeer.AcceptAsync(listener);
        ((IPEndPoint)peer.Socket.RemoteEndPoint!).Address.Should().Be(speaker.Address);
        (await peer.ReadAsync())![18].Should().Be((byte)MessageType.Open);
    }

    [Fact]
    public async Task Dispose_SaysShutdownAndWaitsForTheLastWords()
    {
        var speaker = Speaker();
        using var peer = await EstablishAsync(speaker);
        await speaker.DisposeAsync();
        (await peer.ReadNotificationAsync()).Should().Be("6/2");
    }

    [Fact]
    public async Task Dispose_WithAPeerThatDoesNotRead_EndsAllTheSame()
    {
        var speaker = Speaker();
        using var peer = await EstablishAsync(speaker);
        for (var i = 0; i < 2000; i++)
        {
            speaker.Rib.Output.Enqueue(Messages.Update(4096));
        }

        speaker.Peer.OutputReady();
        await speaker.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        speaker.Peer.GetStatus().LastError!.Notification!.ToString().Should().Be("6/2");
    }

    [Fact]
    public async Task Rfc9687_T04_PeerThatStopsReading_IsGivenUp()
    {
        await using var speaker = Speaker(static peer => peer with { SendHoldTime = TimeSpan.FromSeconds(3), HoldTime = TimeSpan.FromSeconds(3) });
        using var peer = await EstablishAsync(speaker);
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < 5000; i++)
        {
            speaker.Rib.Output.Enqueue(Messages.Update(4096));
        }

        speaker.Peer.OutputReady();
        var sending = KeepSendingAsync(peer, stop.Token);
        await speaker.Rib.WaitForAsync("down []");
        speaker.Peer.GetStatus().LastError!.Notification!.ToString().Should().Be("8/0");
        await stop.CancelAsync();
        await sending;
    }

    [Fact]
    public async Task Keepalives_AreSentAndHoldTimeExpires()
    {
        await using var speaker = Speaker(static peer => peer with { HoldTime = TimeSpan.FromSeconds(3) });
        using var peer = await EstablishAsync(speaker);
        (await peer.ReadUntilAsync(MessageType.Keepalive)).Should().NotBeNull();
        (await peer.ReadUntilAsync(MessageType.Keepalive)).Should().NotBeNull();
        (await peer.ReadNotificationAsync()).Should().Be("4/0");
    }

    private static Loopback Speaker(Func<BgpPeerSettings, BgpPeerSettings>? configure = null)
    {
        var speaker = new Loopback("127.0.0.2", 64_512, "192.0.2.1");
        var settings = new BgpPeerSettings(IPAddress.Parse(PeerAddress), 64_513) { Passive = true };
        speaker.Add(configure?.Invoke(settings) ?? settings).Start();
        return speaker;
    }

    private static async Task<RawPeer> EstablishAsync(Loopback speaker, byte[]? open = null)
    {
        var peer = await RawPeer.ConnectAsync(PeerAddress, speaker.EndPoint);
        await peer.SendAsync(open ?? Messages.Open(64_513, "192.0.2.2"), Messages.Keepalive);
        await speaker.Rib.WaitForAsync("up");
        return peer;
    }

    private static async Task KeepSendingAsync(RawPeer peer, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await peer.SendAsync(Messages.Keepalive);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The speaker has closed the connection, or the test is over.
        }
    }
}
