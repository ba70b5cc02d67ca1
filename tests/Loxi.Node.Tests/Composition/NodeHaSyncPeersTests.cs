using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Transport;
using Loxi.Node.Composition;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.Rest;
using Loxi.Node.State;
using Loxi.Node.Tests.Ha;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Node.Tests.Composition;

/// <summary>By which keys other nodes are known, changed while the node runs.</summary>
public sealed class NodeHaSyncPeersTests : IAsyncLifetime
{
    private static readonly string A = new('a', 64);
    private static readonly string B = new('b', 64);
    private static readonly HaPathSettings Path = new() { Address = "203.0.113.9" };

    private readonly FakeSync _sync = new();
    private readonly HaHarness _harness;

    public NodeHaSyncPeersTests() => _harness = new HaHarness(Options(), sync: _sync);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _harness.StartAsync();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task ANewNode_NeedsItsPin()
    {
        var change = await _harness.Node.PutPeerAsync(2, new HaPeerSettings { Paths = [Path] }, Token);

        change.Outcome.Should().Be(HaChangeOutcome.Malformed);
        change.Problems.Should().ContainSingle().Which.ToString().Should().Be("syncPins: value 'none', expected the pin of node 2, what loxid --ha-sync-pin prints there: connections are kept alike (--ha-sync)");
        _sync.Applied.Should().BeEmpty();
    }

    [Fact]
    public async Task ANewNode_NeedsNoPin_WherePairingBringsIt()
    {
        await using var harness = new HaHarness(HaHarness.Decides() with { Ha = new HaOptions { Peers = [HaHarness.Peer], PairsSync = true } }, sync: new FakeSync());
        await harness.StartAsync();

        (await harness.Node.PutPeerAsync(2, new HaPeerSettings { Paths = [Path] }, Token)).Outcome.Should().Be(HaChangeOutcome.Done);
        (await harness.Node.PutPeerAsync(2, new HaPeerSettings { Paths = [Path], SyncPins = [B] }, Token)).Outcome.Should().Be(HaChangeOutcome.Done);

        harness.Sync!.Applied[^1].SyncPeers.Should().ContainSingle().Which.NodeId.Should().Be(2);
        Load(harness.Options).SyncPins.Keys.Should().Equal(2);
    }

    [Fact]
    public async Task ANewNode_IsInForceAndStored_WithItsPin()
    {
        (await _harness.Node.PutPeerAsync(2, new HaPeerSettings { Paths = [Path], SyncPins = [B, A.Replace('a', 'c')] }, Token)).Outcome.Should().Be(HaChangeOutcome.Done);

        var peers = _sync.Applied.Should().ContainSingle().Subject.SyncPeers;
        peers.Select(static p => p.NodeId).Should().Equal((byte)1, (byte)2);
        peers[1].Pins.Select(static p => p.ToString()).Should().Equal(B, new string('c', 64));
        peers[1].Addresses.Should().Equal(new IPEndPoint(IPAddress.Parse("203.0.113.9"), 22112));

        // What is stored counts after a restart, and for a node that has none stored the flag.
        var again = Load(_harness.Options);
        again.SyncPins.Select(static p => (p.Key, p.Value.Length)).Should().Equal((1, 1), (2, 2));
    }

    [Fact]
    public async Task TheWaysAlone_LeaveThePin_AndAPinAlone_IsAChange()
    {
        await _harness.Node.PutPeerAsync(1, new HaPeerSettings { Paths = [Path] }, Token);
        _sync.Applied[^1].SyncPeers.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Pins = new[] { Pin(A) }, Addresses = new[] { new IPEndPoint(IPAddress.Parse("203.0.113.9"), 22112) } });

        await _harness.Node.PutPeerAsync(1, new HaPeerSettings { Paths = [Path], SyncPins = [A, B] }, Token);
        await _harness.Node.PutPeerAsync(1, new HaPeerSettings { Paths = [Path], SyncPins = [A, B] }, Token);

        _sync.Applied.Should().HaveCount(2, "the same again is no change");
        _sync.Applied[^1].SyncPeers[0].Pins.Should().Equal(Pin(A), Pin(B));
        await _harness.Node.ResetPeersAsync(Token);
        _sync.Applied[^1].SyncPeers[0].Pins.Should().Equal(Pin(A));
    }

    [Fact]
    public async Task ANodeThatGoes_TakesItsPinAlong()
    {
        await _harness.Node.PutPeerAsync(2, new HaPeerSettings { Paths = [Path], SyncPins = [B] }, Token);

        await _harness.Node.RemovePeerAsync(2, Token);

        _sync.Applied[^1].SyncPeers.Select(static p => p.NodeId).Should().Equal((byte)1);
        _sync.Applied[^1].SyncPins.Keys.Should().Equal(1);
    }

    [Fact]
    public async Task WhatSyncRefuses_IsNotInForce_NorStored()
    {
        _sync.Refusal = new InvalidSyncSettingsException([Problem.Of("peers[1].pins", B, "a pin of node 2 alone: node 0 has it")]);

        var change = await _harness.Node.PutPeerAsync(2, new HaPeerSettings { Paths = [Path], SyncPins = [B] }, Token);

        change.Outcome.Should().Be(HaChangeOutcome.Malformed);
        change.Problems.Should().ContainSingle().Which.Should().Be(Problem.Of("syncPins", B, "a pin of node 2 alone: node 0 has it"));
        _harness.Speaker.Applied.Should().ContainSingle("that of the start");
        _sync.Applied.Should().ContainSingle().Which.SyncPeers.Select(static p => p.NodeId).Should().Equal((byte)1);
        Load(_harness.Options).Peers.Select(static p => p.NodeId).Should().Equal((ushort)1);
    }

    [Theory]
    [InlineData("", "syncPins: value '0 pins', expected 1 to 4")]
    [InlineData("ab", "syncPins[0]: value 'ab', expected 64 hexadecimal digits, what loxid --ha-sync-pin prints on that node")]
    public async Task AWrongPin_IsNamed(string pin, string problem)
    {
        var change = await _harness.Node.PutPeerAsync(2, new HaPeerSettings { Paths = [Path], SyncPins = pin.Length == 0 ? [] : [pin] }, Token);

        change.Problems.Should().ContainSingle().Which.ToString().Should().StartWith(problem);
    }

    [Fact]
    public async Task WhereConnectionsAreNotKeptAlike_APinIsRefused()
    {
        await using var harness = new HaHarness();
        await harness.StartAsync();

        var change = await harness.Node.PutPeerAsync(2, new HaPeerSettings { Paths = [Path], SyncPins = [B] }, Token);

        change.Problems.Should().ContainSingle().Which.ToString().Should().Be($"syncPins: value '{B}', expected none: connections are kept alike on nodes that were started with --ha-sync");
    }

    [Fact]
    public async Task AFlagThatSaysAnotherPin_IsTold()
    {
        await _harness.Node.PutPeerAsync(1, new HaPeerSettings { Paths = [.. HaHarness.Peer.Paths.Select(static p => new HaPathSettings { Address = p.PeerAddress.ToString() })], SyncPins = [B] }, Token);
        _harness.Logged.Should().NotContain(8076);

        await using var harness = new HaHarness(Options(), loads: false);
        File.Copy(System.IO.Path.Combine(_harness.Directory, "ha.json"), System.IO.Path.Combine(harness.Directory, "ha.json"));
        harness.Configuration.Load();

        harness.Logged.Should().Contain(8076);
        harness.Configuration.Current.SyncPeers[0].Pins.Should().Equal(Pin(B));
    }

    private static NodeOptions Options() => HaHarness.Decides() with { Ha = new HaOptions { Peers = [HaHarness.Peer], SyncPeers = [new SyncPeerSettings(1) { Pins = [Pin(A)] }] } };

    private static HaModel Load(NodeOptions options)
    {
        var configuration = new HaConfiguration(new HaFile(options.StateDirectory), options, NullLogger<HaConfiguration>.Instance);
        configuration.Load();
        return configuration.Current;
    }

    private static CertificatePin Pin(string text) => CertificatePin.TryParse(text, out var pin) ? pin : default;
}
