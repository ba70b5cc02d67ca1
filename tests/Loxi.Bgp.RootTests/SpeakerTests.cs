using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Bgp.RootTests.Support;
using Xunit;

namespace Loxi.Bgp.RootTests;

/// <summary>Whole speakers between namespaces.</summary>
public sealed class SpeakerTests
{
    [Fact]
    public async Task Rfc5082_PeerBehindARouter_IsNotAnsweredUntilItsHopsAreAllowed()
    {
        await using var lab = new BgpLab(routed: true);
        await using var speaker = new BgpSpeaker(new BgpSpeakerOptions { NetworkNamespace = lab.Namespace(lab.A) });
        var settings = new BgpPeerSettings(BgpLab.Far4, 64_513) { Passive = true, GtsmHops = 1 };
        var configuration = new BgpConfiguration(new BgpSpeakerSettings(64_512, IPAddress.Parse("192.0.2.1"))) { Peers = [settings] };

        await speaker.ApplyAsync(configuration, cancellationToken: TestContext.Current.CancellationToken);
        (await AnswersAsync(lab)).Should().BeFalse("its packets have passed a router");
        await speaker.ApplyAsync(configuration with { Peers = [settings with { GtsmHops = 2 }] }, cancellationToken: TestContext.Current.CancellationToken);
        (await AnswersAsync(lab)).Should().BeTrue();
    }

    private static async Task<bool> AnswersAsync(BgpLab lab)
    {
        using var socket = lab.B.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Ttl = 255;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await socket.ConnectAsync(new IPEndPoint(BgpLab.A4, 179), limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
