using System.Buffers.Binary;
using System.Net;
using FluentAssertions;
using Loxi.Bfd;
using Loxi.Bfd.Session;
using Loxi.Node.Bfd;
using Loxi.Node.Tests.Rest;
using Xunit;

namespace Loxi.Node.Tests.Bfd;

/// <summary>What GET shows of a session that lives.</summary>
public sealed class BfdEntriesTests : IAsyncLifetime
{
    private const string Root = "/netlox/v1/config/bfd";
    private const long Second = 1_000_000_000;
    private RestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task NewSession_ShowsItsSettingsAndNoPeer()
    {
        await _server.SendAsync("POST", Root, """{"remoteIp":"192.0.2.2","interval":50000,"retryCount":4,"minRx":60000,"passive":true,"echo":{"interval":70000,"minRx":80000}}""");

        var entry = (await _server.SendAsync("GET", Root + "/all")).Json!["Attr"]!.AsArray().Single()!;

        var discriminator = _server.Bfd.SessionWith("192.0.2.2").LocalDiscriminator;
        entry.ToJsonString().Should().Be(
            $$"""
            {"instance":"llb-inst0","remoteIp":"192.0.2.2","sourceIP":"192.0.2.1","port":3784,"interval":50000,"retryCount":4,"state":"BFDDown","minRx":60000,"minTtl":255,"passive":true,
            "echo":{"interval":70000,"minRx":80000},"origin":"api","discriminator":{{discriminator}},"sourcePort":50000,"transmitInterval":1000000,"counters":{},"transitions":[]}
            """.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SessionThatWasUp_ShowsPeerTimersDiscardsAndTheWay()
    {
        await _server.SendAsync("POST", Root, """{"remoteIp":"192.0.2.2","interval":50000,"retryCount":3}""");
        Receive(Second, BfdState.Down);
        Receive(2 * Second, BfdState.Up);
        Receive(2 * Second, BfdState.Up, ttl: 64);
        Receive(2 * Second, BfdState.Up, ttl: 64);
        Receive(2 * Second, BfdState.Up, version: 3);

        var up = (await _server.Client.ListBfdSessionsAsync(TestContext.Current.CancellationToken)).Single();

        up.State.Should().Be("BFDUp");
        up.UpSince.Should().Be(new DateTimeOffset(2030, 1, 1, 0, 0, 2, TimeSpan.Zero));
        up.DetectionTime.Should().Be(5 * 200_000, "the peer's multiplier and its interval");
        up.TransmitInterval.Should().Be(100_000, "the peer takes no more");
        up.Remote.Should().BeEquivalentTo(new { State = "BFDUp", Diagnostic = "pathDown", Discriminator = 77u, Interval = 200_000, MinRx = 100_000, MinEchoRx = 5_000, RetryCount = 5 });
        up.Diagnostic.Should().BeNull();
        up.Counters!.Received.Should().Be(2);
        up.Counters.Transitions.Should().Be(2);
        up.Discards.Should().BeEquivalentTo([new { Reason = "ttl", Packets = 2 }]);

        Expire(4 * Second);
        var down = (await _server.Client.ListBfdSessionsAsync(TestContext.Current.CancellationToken)).Single();

        down.State.Should().Be("BFDDown");
        down.UpSince.Should().BeNull();
        down.Diagnostic.Should().Be("controlDetectionTimeExpired");
        down.Transitions.Should().BeEquivalentTo(
            [
                new { Time = At(1), From = "BFDDown", To = "BFDInit", Cause = "handshake", Diagnostic = (string?)null, RemoteState = "BFDDown", LateBy = 0L },
                new { Time = At(2), From = "BFDInit", To = "BFDUp", Cause = "handshake", Diagnostic = (string?)null, RemoteState = "BFDUp", LateBy = 0L },
                new { Time = At(4), From = "BFDUp", To = "BFDDown", Cause = "detectionTimeExpired", Diagnostic = (string?)"controlDetectionTimeExpired", RemoteState = "BFDUp", LateBy = 1_000_000L },
            ],
            options => options.WithStrictOrdering());
    }

    [Fact]
    public async Task SessionThatIsNotInForce_SaysWhy()
    {
        await _server.SendAsync("POST", Root, """{"remoteIp":"192.0.2.2","sourceIp":"192.0.2.9","interval":50000,"retryCount":3}""");
        _server.Bfd.Waiting.Add("192.0.2.2", "sourceIp: value '192.0.2.9', expected an address of this host");

        var entry = (await _server.Client.ListBfdSessionsAsync(TestContext.Current.CancellationToken)).Single();

        entry.Should().BeEquivalentTo(new { State = "BFDDown", SourceIP = "192.0.2.9", Problem = "sourceIp: value '192.0.2.9', expected an address of this host", Discriminator = 0u });
        entry.Transitions.Should().BeNull();
    }

    /// <summary>These texts are part of the API.</summary>
    [Fact]
    public void Names_AreThese()
    {
        Enum.GetValues<BfdState>().Select(BfdNames.Of).Should().Equal("BFDAdminDown", "BFDDown", "BFDInit", "BFDUp");
        Enum.GetValues<BfdTransitionCause>().Select(BfdNames.Of).Should().Equal(
            "handshake", "detectionTimeExpired", "neighborSignaledDown", "neighborSignaledAdminDown", "echoFailed", "pollExpired",
            "administrativelyDisabled", "administrativelyEnabled", "pathDown", "forwardingPlaneReset");
        Enum.GetValues<BfdDiagnostic>().Append((BfdDiagnostic)31).Select(BfdNames.Of).Should().Equal(
            null, "controlDetectionTimeExpired", "echoFunctionFailed", "neighborSignaledSessionDown", "forwardingPlaneReset", "pathDown",
            "concatenatedPathDown", "administrativelyDown", "reverseConcatenatedPathDown", "31");
        Enum.GetValues<BfdDiscardReason>().Select(BfdNames.Of).Should().Equal(
            "none", "truncated", "version", "lengthTooSmall", "lengthBeyondPayload", "detectMultZero", "multipoint", "myDiscriminatorZero", "unknownYourDiscriminator",
            "yourDiscriminatorZero", "unknownPeer", "port", "ttl", "authenticationUnexpected", "authenticationMissing", "authenticationType", "authenticationLength",
            "authenticationKeyId", "authenticationSequence", "authenticationDigest", "administrativelyDown", "echoUnknown", "echoForged", "echoRate", "outdated");
    }

    private static DateTimeOffset At(int seconds) => new(2030, 1, 1, 0, 0, seconds, TimeSpan.Zero);

    private void Receive(long now, BfdState state, int ttl = 255, int version = 1)
    {
        var session = _server.Bfd.SessionWith("192.0.2.2");
        Span<byte> packet = stackalloc byte[24];
        packet[0] = (byte)((version << 5) | (int)BfdDiagnostic.PathDown);
        packet[1] = (byte)((int)state << 6);
        packet[2] = 5;
        packet[3] = 24;
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], 77);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], state == BfdState.Down ? 0 : session.LocalDiscriminator);
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], 200_000);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], 100_000);
        BinaryPrimitives.WriteUInt32BigEndian(packet[20..], 5_000);
        _server.Bfd.Receive(
            new BfdDatagram { Payload = packet, Source = IPAddress.Parse("192.0.2.2"), Destination = IPAddress.Parse("192.0.2.1"), Ttl = ttl, Channel = BfdChannel.SingleHop, Arrival = now }, now);
    }

    private void Expire(long now)
    {
        _server.Bfd.Now = now;
        Span<byte> room = stackalloc byte[BfdSession.TransmitLength];
        _server.Bfd.SessionWith("192.0.2.2").Tick(now, drained: true, room);
    }
}
