using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using FluentAssertions;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;
using Xunit;

namespace Loxi.Ha.Tests.Sync.Transport;

/// <summary>What strangers, and peers that are broken, do to a node that has a peer: nothing.</summary>
public sealed class HostileTests : IAsyncLifetime
{
    private readonly SpeakerNode _peer = new(0);
    private readonly SpeakerNode _node = new(2);
    private readonly SpeakerNode _broken = new(1);

    public async ValueTask InitializeAsync()
    {
        // The broken one is a peer whose certificate the test uses.
        await _node.ApplyAsync(_peer.AsPeer, _broken.AsPeer);
        await _peer.ApplyAsync(_node.AsPeer);
        _peer.Table.Put(1, 10);
        await _node.Table.UntilAsync(static t => t.Count == 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _peer.DisposeAsync();
        await _node.DisposeAsync();
        await _broken.DisposeAsync();
    }

    [Fact]
    public async Task Noise_IsRefused()
    {
        var random = new Random(7);
        var noise = new byte[4096];
        for (var i = 0; i < 50; i++)
        {
            using var socket = await ConnectAsync();
            random.NextBytes(noise);
            await socket.SendAsync(noise);
            await EndAsync(new NetworkStream(socket));
        }

        await RefusedAsync(SyncRefusal.TlsFailed);
    }

    [Fact]
    public async Task AnOlderTls_IsRefused()
    {
        using var socket = await ConnectAsync();
        await using var tls = new SslStream(new NetworkStream(socket), false, static (_, certificate, _, _) => certificate is not null);

        var act = () => tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "", EnabledSslProtocols = SslProtocols.Tls12, ApplicationProtocols = [new("loxi-sync-live")] });

        (await act.Should().ThrowAsync<Exception>()).Which.Should().Match(e => e is AuthenticationException || e is IOException);
        await RefusedAsync(SyncRefusal.TlsFailed);
    }

    [Fact]
    public async Task WhoHasNoCertificate_IsRefused()
    {
        using var socket = await ConnectAsync();
        await using var tls = new SslStream(new NetworkStream(socket), false, static (_, certificate, _, _) => certificate is not null);
        await ShakeAsync(tls, new SslClientAuthenticationOptions { TargetHost = "", EnabledSslProtocols = SslProtocols.Tls13, ApplicationProtocols = [new("loxi-sync-live")] });

        await RefusedAsync(SyncRefusal.NoCertificate);
    }

    [Fact]
    public async Task AnotherProtocol_IsRefused()
    {
        using var socket = await ConnectAsync();
        await using var tls = new SslStream(new NetworkStream(socket), false, static (_, certificate, _, _) => certificate is not null);
        await ShakeAsync(tls, new SslClientAuthenticationOptions
        {
            TargetHost = "",
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificateContext = SslStreamCertificateContext.Create(_broken.Certificate.Certificate, null, offline: true),
        });

        await RefusedAsync(SyncRefusal.WrongProtocol);
    }

    [Fact]
    public async Task AStrangersCertificate_IsRefused()
    {
        await using var stranger = new SpeakerNode(1);
        using var socket = await ConnectAsync();
        var tls = new SyncTls(stranger.Certificate.Certificate);
        await tls.ConnectAsync(new NetworkStream(socket), SyncChannel.Live, static _ => true, TestContext.Current.CancellationToken);

        await RefusedAsync(SyncRefusal.NotPinned);
    }

    [Fact]
    public async Task APeerToWhichThisNodeConnects_MayNotConnect()
    {
        await using var higher = new SpeakerNode(3);
        await _node.ApplyAsync(_peer.AsPeer, new SyncPeerSettings(3) { Pins = [higher.Certificate.Pin], Addresses = [new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 9)] });
        using var socket = await ConnectAsync();
        var tls = new SyncTls(higher.Certificate.Certificate);
        await tls.ConnectAsync(new NetworkStream(socket), SyncChannel.Live, static _ => true, TestContext.Current.CancellationToken);

        await RefusedAsync(SyncRefusal.WrongDirection);
    }

    [Fact]
    public async Task WhoSaysNothing_DoesNotKeepOthersOut()
    {
        var idle = new List<Socket>();
        for (var i = 0; i < 40; i++)
        {
            idle.Add(await ConnectAsync());
        }

        await RefusedAsync(SyncRefusal.TooMany);
        await RefusedAsync(SyncRefusal.TimedOut);
        idle.ForEach(static socket => socket.Dispose());
    }

    [Theory]
    [InlineData("version", SyncFrameProblem.UnknownVersion)]
    [InlineData("too long", SyncFrameProblem.TooLong)]
    [InlineData("too short", SyncFrameProblem.TooShort)]
    [InlineData("truncated", SyncFrameProblem.None)]
    [InlineData("out of order", SyncFrameProblem.WrongSequence)]
    [InlineData("replayed", SyncFrameProblem.OpenedTwice)]
    [InlineData("another node", SyncFrameProblem.WrongNode)]
    [InlineData("another schema", SyncFrameProblem.WrongSchema)]
    [InlineData("another layout", SyncFrameProblem.WrongLayout)]
    [InlineData("a former run", SyncFrameProblem.StaleIncarnation)]
    [InlineData("a record", SyncFrameProblem.WrongRecord)]
    public async Task ABrokenPeer_IsDisconnected(string fault, SyncFrameProblem problem)
    {
        using var socket = await ConnectAsync();
        var tls = new SyncTls(_broken.Certificate.Certificate);
        var result = await tls.ConnectAsync(new NetworkStream(socket), SyncChannel.Live, static _ => true, TestContext.Current.CancellationToken);
        await using var stream = result.Stream!;
        if (fault == "a former run")
        {
            await stream.WriteAsync(Open(incarnation: 9), TestContext.Current.CancellationToken);
            await _node.UntilAsync(static t => t.Kind == SyncSpeakerEventKind.Opened && t.Peer == 1);
            using var again = await ConnectAsync();
            var second = await tls.ConnectAsync(new NetworkStream(again), SyncChannel.Live, static _ => true, TestContext.Current.CancellationToken);
            await second.Stream!.WriteAsync(Open(incarnation: 8), TestContext.Current.CancellationToken);
            await EndAsync(second.Stream);
        }
        else
        {
            await stream.WriteAsync(FaultOf(fault), TestContext.Current.CancellationToken);
            if (fault == "truncated")
            {
                socket.Dispose();
            }
            else
            {
                await EndAsync(stream);
            }
        }

        var says = problem switch
        {
            SyncFrameProblem.UnknownVersion or SyncFrameProblem.WrongSchema => "the node speaks another version of sync than this one; expected ",
            SyncFrameProblem.WrongLayout => "(loxid: --port-slices)",
            _ => "",
        };
        await _node.UntilAsync(t => t.Kind == SyncSpeakerEventKind.Closed && t.Peer == 1 && t.Problem == problem && t.Text.Contains(says, StringComparison.Ordinal));
        if (problem != SyncFrameProblem.None)
        {
            (await _node.Speaker.ReadStatusAsync()).Problems.Should().ContainKey(problem);
        }

        await NothingElseAsync();
    }

    private byte[] FaultOf(string fault) => fault switch
    {
        "version" => Changed(Open(), 4, 2),
        "too long" => Changed(Open(), 1, 1),
        "too short" => Changed(Open(), 3, 39),
        "truncated" => Open()[..50],
        "out of order" => [.. Open(), .. Frame(SyncFrameKind.Ack, 3, [])],
        "replayed" => [.. Open(), .. Open()],
        "another node" => Open(node: 0),
        "another schema" => Open(schema: 77),
        "another layout" => Open(layout: 77),
        "a record" => [.. Open(), .. Frame(SyncFrameKind.Records, 2, [1, 2, 3])],
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };

    private static byte[] Open(byte node = 1, ulong schema = 1, uint layout = 0, ulong incarnation = 5)
    {
        var frame = new byte[SyncFrameLayout.OpenLength];
        SyncFrame.WriteHeader(frame, frame.Length, new SyncFrameHeader { Kind = SyncFrameKind.Open, Incarnation = incarnation, Sequence = 1 });
        SyncFrame.WriteOpen(frame, new SyncOpen(schema, layout, node, 2, SyncChannel.Live));
        return frame;
    }

    private static byte[] Frame(SyncFrameKind kind, ulong sequence, byte[] body)
    {
        var frame = new byte[SyncFrameLayout.HeaderLength + body.Length];
        SyncFrame.WriteHeader(frame, frame.Length, new SyncFrameHeader { Kind = kind, Incarnation = 5, Sequence = sequence });
        body.CopyTo(frame, SyncFrameLayout.HeaderLength);
        return frame;
    }

    private static byte[] Changed(byte[] frame, int at, byte value)
    {
        frame[at] = value;
        return frame;
    }

    private static async Task ShakeAsync(SslStream tls, SslClientAuthenticationOptions options)
    {
        try
        {
            await tls.AuthenticateAsClientAsync(options);
            await EndAsync(tls);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // Refused, as it should be: the node says why.
        }
    }

    /// <summary>Reads until the other end has closed.</summary>
    private static async Task EndAsync(Stream stream)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            while (await stream.ReadAsync(new byte[4096], patience.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset, which is an end too.
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(_node.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_node.Listen);
        return socket;
    }

    private async Task RefusedAsync(SyncRefusal refusal)
    {
        await _node.UntilAsync(t => t.Kind == SyncSpeakerEventKind.Refused && t.Refusal == refusal);
        (await _node.Speaker.ReadStatusAsync()).Refusals.Should().ContainKey(refusal);
        await NothingElseAsync();
    }

    /// <summary>The peer that is none of it goes on.</summary>
    private async Task NothingElseAsync()
    {
        _node.Told.Should().NotContain(static t => t.Kind == SyncSpeakerEventKind.Closed && t.Peer == 0);
        _peer.Table.Put(2, 20);
        await _node.Table.UntilAsync(static t => t.Count == 2);
        _node.Table.Values.Should().Equal(_peer.Table.Values);
    }
}
