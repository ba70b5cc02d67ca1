using System.Net;
using FluentAssertions;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Transport;

/// <summary>What an administrator reads.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task SessionThatComesAndGoes_HasALineForEach()
    {
        var log = new LineLogger();
        using var observer = new StateObserver();
        await using var speaker = Speaker(log, observer);
        using var peer = await RawPeer.ConnectAsync("127.0.0.3", speaker.EndPoint);
        await peer.SendAsync(Messages.Open(64_513, "192.0.2.2"));
        await peer.ReadUntilAsync(MessageType.Keepalive);
        log.Lines.Should().BeEmpty("it is up only after the peer's KEEPALIVE");
        await peer.SendAsync(Messages.Keepalive);
        await speaker.Rib.WaitForAsync("up");
        await peer.SendAsync(Messages.Notification(BgpErrorCode.Cease, 2, [4, .. "gone"u8]));
        await observer.WaitForAsync(BgpState.Idle);
        log.Lines.Select(static line => line.Text).Should().Equal(
            "BGP session with 127.0.0.3 is Established: AS 64513, hold time 90 s",
            "BGP session with 127.0.0.3 has ended: the peer sent Cease: Administrative Shutdown (6/2): \"gone\"; now Idle");
    }

    [Fact]
    public async Task MalformedCapabilities_AreNamedAndTheSessionComesUp()
    {
        var log = new LineLogger();
        using var observer = new StateObserver();
        await using var speaker = Speaker(log, observer);
        using var peer = await RawPeer.ConnectAsync("127.0.0.3", speaker.EndPoint);
        // A graceful restart of one octet and a role of two, and what is right between them.
        byte[] capabilities = [64, 1, 0, 65, 4, 0, 0, 0xfc, 0x01, 9, 2, 0, 0];
        await peer.SendAsync([.. Enumerable.Repeat((byte)0xff, 16), 0, (byte)(31 + capabilities.Length), 1, 4, 0xfc, 0x01, 0, 90, 192, 0, 2, 2, (byte)(capabilities.Length + 2), 2, (byte)capabilities.Length, .. capabilities], Messages.Keepalive);
        await observer.WaitForAsync(BgpState.Established);
        log.Lines.Select(static line => line.Text).Should().Equal(
            "BGP session with 127.0.0.3 is Established: AS 64513, hold time 90 s",
            "BGP peer 127.0.0.3 has sent malformed capabilities, which count as not sent: 64, 9");
    }

    [Fact]
    public async Task WrongAs_IsLoggedOnceHoweverOftenItIsTried()
    {
        var log = new LineLogger();
        await using var speaker = Speaker(log);
        for (var i = 0; i < 5; i++)
        {
            using var peer = await RawPeer.ConnectAsync("127.0.0.3", speaker.EndPoint);
            await peer.SendAsync(Messages.Open(64_999, "192.0.2.2"));
            (await peer.ReadNotificationAsync()).Should().BeOneOf("2/2", "6/5");
            speaker.Peer.Reset();
        }

        log.Lines.Select(static line => line.Text).Should().Equal("BGP session with 127.0.0.3 does not come up: sent OPEN Message Error: Bad Peer AS (2/2)");
    }

    [Fact]
    public async Task DefectOfTheRib_EndsTheSessionAndIsLogged()
    {
        var log = new LineLogger();
        await using var speaker = Speaker(log);
        using var peer = await RawPeer.ConnectAsync("127.0.0.3", speaker.EndPoint);
        await peer.SendAsync(Messages.Open(64_513, "192.0.2.2"), Messages.Keepalive);
        await speaker.Rib.WaitForAsync("up");
        speaker.Rib.OnReceive = static _ => throw new InvalidOperationException("broken");
        await peer.SendAsync(Messages.Update());
        await speaker.Rib.WaitForAsync("down []");
        log.Lines.Select(static line => line.Id).Should().Contain(4004);
        speaker.Peer.GetStatus().LastError!.Text.Should().Be("internal error: broken");
    }

    [Fact]
    public async Task ManyConnectionsOfThePeer_AreBounded()
    {
        // None of them is given up by time: each that was taken is still there.
        await using var speaker = new Loopback("127.0.0.2", 64_512, "192.0.2.1");
        speaker.Add(new BgpPeerSettings(IPAddress.Parse("127.0.0.3"), 64_513) { Passive = true }, time: new FrozenTime()).Start();
        var peers = new List<RawPeer>();
        for (var i = 0; i < 100; i++)
        {
            if (await RawPeer.TryConnectAsync("127.0.0.3", speaker.EndPoint) is { } peer)
            {
                peers.Add(peer);
            }
        }

        var answered = 0;
        foreach (var peer in peers)
        {
            try
            {
                answered += await peer.ReadAsync() is null ? 0 : 1;
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Reset: one too many.
            }

        }

        peers.ForEach(static peer => peer.Dispose());
        answered.Should().Be(16);
    }

    private static Loopback Speaker(LineLogger log, StateObserver? observer = null)
    {
        var speaker = new Loopback("127.0.0.2", 64_512, "192.0.2.1");
        speaker.Add(new BgpPeerSettings(IPAddress.Parse("127.0.0.3"), 64_513) { Passive = true }, observer: observer, logger: log).Start();
        return speaker;
    }
}
