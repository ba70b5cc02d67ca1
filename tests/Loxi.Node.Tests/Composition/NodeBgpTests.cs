using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Node.Bgp;
using Loxi.Node.Composition;
using Loxi.Node.Rest;
using Loxi.Node.State;
using Loxi.Node.Tests.Bgp;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Node.Tests.Composition;

public sealed class NodeBgpTests : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-node-bgp-").FullName;
    private readonly FakeBgpSpeaker _speaker = new();
    private readonly BgpStateFile _file;
    private NodeBgp _node;

    public NodeBgpTests()
    {
        _file = new BgpStateFile(_directory);
        _node = NewNode();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Configuration_IsSavedAndTakenUpAgain()
    {
        await StartAsync();
        await PutPeerAsync("192.0.2.2", 64_501);
        _speaker.Configuration.Should().BeNull("nobody has said who we are");
        await PutSpeakerAsync(64_500);
        await PutPeerAsync("192.0.2.3", 64_500);
        (await PutPeerAsync("192.0.2.3", 64_500)).Outcome.Should().Be(BgpOutcome.Unchanged);
        (await PutPeerAsync("192.0.2.3", 0)).Outcome.Should().Be(BgpOutcome.Unchanged);
        (await RemovePeerAsync("192.0.2.2")).Outcome.Should().Be(BgpOutcome.Done);
        (await RemovePeerAsync("192.0.2.2")).Outcome.Should().Be(BgpOutcome.NoPeer);
        await RestartAsync();

        _speaker.Calls.Should().Equal(
            "apply nothing", "apply 64500 192.0.2.2/64501", "apply 64500 192.0.2.2/64501 192.0.2.3/64500", "apply 64500 192.0.2.3/64500", "stop \"loxid stops\"", "apply 64500 192.0.2.3/64500");
    }

    [Fact]
    public async Task NothingConfigured_NothingIsPutInForce()
    {
        await StartAsync();

        _speaker.Calls.Should().BeEmpty();
        File.Exists(_file.Path).Should().BeFalse();
    }

    [Fact]
    public async Task CommandLine_SaysWhatRestDoesNot()
    {
        await _node.DisposeAsync();
        _node = NewNode(new BgpDefaults { ListenPort = 1_790, ListenAddresses = [IPAddress.Parse("192.0.2.9")], RouterId = IPAddress.Parse("192.0.2.8") });
        await StartAsync();

        await PutSpeakerAsync(64_500);
        _speaker.Configuration!.Speaker.Should().BeEquivalentTo(new { ListenPort = 1_790, ListenAddresses = new[] { IPAddress.Parse("192.0.2.9") }, RouterId = IPAddress.Parse("192.0.2.8") });
        await ChangeAsync((BgpModel m, out BgpModel d) => m.PutSpeaker(new BgpGlobalArguments { ListenPort = 1_791, ListenAddresses = ["192.0.2.7"], RouterId = "192.0.2.6" }, _node.Defaults, _node.Host, out d));
        _speaker.Configuration!.Speaker.Should().BeEquivalentTo(new { ListenPort = 1_791, ListenAddresses = new[] { IPAddress.Parse("192.0.2.7") }, RouterId = IPAddress.Parse("192.0.2.6") });
        await ChangeAsync((BgpModel m, out BgpModel d) => m.PutSpeaker(new BgpGlobalArguments { ListenPort = 0, ListenAddresses = [], Passive = true }, _node.Defaults, _node.Host, out d));
        _speaker.Configuration!.Speaker.ListenPort.Should().Be(0, "nothing is listened on");
        await ChangeAsync((BgpModel m, out BgpModel d) => m.PutSpeaker(new BgpGlobalArguments { Passive = false }, _node.Defaults, _node.Host, out d));

        _speaker.Configuration!.Speaker.Should().BeEquivalentTo(new { ListenPort = 1_790, ListenAddresses = new[] { IPAddress.Parse("192.0.2.9") }, RouterId = IPAddress.Parse("192.0.2.6") });
    }

    [Fact]
    public async Task PortOfAnotherProgram_RefusesTheChangeAndEndsTheStart()
    {
        await StartAsync();
        _speaker.IsPortTaken = true;

        var result = await PutSpeakerAsync(64_500);

        result.Outcome.Should().Be(BgpOutcome.Refused);
        result.Problems.Should().ContainSingle().Which.ToString().Should().Be("speaker.listenPort: value '179', expected a port that no other program has");
        (await _node.ReadAsync(Cancellation)).Speaker.Should().BeNull();
        File.Exists(_file.Path).Should().BeFalse();

        _speaker.IsPortTaken = false;
        await PutSpeakerAsync(64_500);
        _speaker.IsPortTaken = true;
        await this.Awaiting(static t => t.RestartAsync()).Should().ThrowAsync<InvalidOperationException>().WithMessage("--bgp: speaker.listenPort: value '179', expected a port that no other program has");
    }

    [Theory]
    [InlineData("peers[1].md5Password", "neighbor 192.0.2.3: password")]
    [InlineData("peerRanges[0].tcpAo", "dynamic neighbors 198.51.100.0/24: tcpAo")]
    [InlineData("peers[10].tcpAo", "peers[10].tcpAo")]
    public async Task WhatTheKernelRefuses_IsToldOfThePeerByItsName(string field, string name)
    {
        await StartAsync();
        await PutSpeakerAsync(64_500);
        await PutPeerAsync("192.0.2.2", 64_501);
        await ChangeAsync(static (BgpModel m, out BgpModel d) => m.PutRange(new BgpDynamicNeighborArguments(new BgpNeighborArguments { RemoteAs = 64_501 }) { Prefix = "198.51.100.0/24" }, out d));
        _speaker.Refusal = Problem.Of(field, "(secret)", "a key that the kernel takes");

        var result = await PutPeerAsync("192.0.2.3", 64_501);

        result.Outcome.Should().Be(BgpOutcome.Refused);
        result.Problems.Should().Equal(Problem.Of(name, "(secret)", "a key that the kernel takes"));
        (await _node.ReadAsync(Cancellation)).Peers.Should().ContainSingle();
    }

    [Fact]
    public async Task ChangeThatCannotBeSaved_IsTakenBack()
    {
        await StartAsync();
        await PutSpeakerAsync(64_500);
        Directory.CreateDirectory(_file.Path + ".tmp");

        await this.Awaiting(static t => t.PutPeerAsync("192.0.2.2", 64_501)).Should().ThrowAsync<Exception>();

        _speaker.Calls.Should().Equal("apply 64500 ", "apply 64500 192.0.2.2/64501", "apply 64500 ");
        (await _node.ReadAsync(Cancellation)).Peers.Should().BeEmpty();
    }

    [Fact]
    public async Task ShutdownText_GoesToTheSpeakerAndNowhereElse()
    {
        await StartAsync();
        await PutSpeakerAsync(64_500);
        await PutPeerAsync("192.0.2.2", 64_501);

        await ChangeAsync(static (BgpModel m, out BgpModel d) => m.ShutDown(new BgpSelector(IPAddress.Parse("192.0.2.2"), ""), true, "maintenance", out d), "maintenance");

        _speaker.Calls[^1].Should().Be("apply 64500 192.0.2.2/64501 \"maintenance\"");
        _speaker.Configuration!.Peers.Single().AdministrativelyDown.Should().BeTrue();
        (await File.ReadAllTextAsync(_file.Path, Cancellation)).Should().NotContain("maintenance").And.Contain("\"shutdown\":true");
    }

    [Fact]
    public async Task Stop_RefusesRequests()
    {
        await StartAsync();

        await _node.StopAsync();

        (await this.Awaiting(static t => t.PutSpeakerAsync(64_500)).Should().ThrowAsync<RefusedRequestException>()).Which.Status.Should().Be(503);
        await _node.Awaiting(static n => n.ReadPeersAsync(Cancellation)).Should().ThrowAsync<RefusedRequestException>();
        await _node.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Requests_WaitForTheStart()
    {
        var put = PutSpeakerAsync(64_500);
        put.IsCompleted.Should().BeFalse();

        await _node.StartAsync(isAdopted: false);

        (await put).Outcome.Should().Be(BgpOutcome.Done);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AdoptedDataPlane_IsARestartToPeers_SaidBeforeTheFirstOpen(bool isAdopted)
    {
        _node.Load();

        await _node.StartAsync(isAdopted);

        _speaker.Calls.Take(1).Should().Equal(isAdopted ? ["restart"] : []);
    }

    private NodeBgp NewNode(BgpDefaults? defaults = null) => new(_speaker, _file, defaults ?? new BgpDefaults(), new StubBgpHost(), NullLogger<NodeBgp>.Instance);

    private Task StartAsync()
    {
        _node.Load();
        return _node.StartAsync(isAdopted: false);
    }

    private async Task RestartAsync()
    {
        await _node.DisposeAsync();
        _node = NewNode();
        await StartAsync();
    }

    private Task<BgpResult> ChangeAsync(BgpChange change, string? text = null) => _node.ChangeAsync(change, text, Cancellation);

    private Task<BgpResult> PutSpeakerAsync(long localAs) =>
        ChangeAsync((BgpModel m, out BgpModel d) => m.PutSpeaker(new BgpGlobalArguments { LocalAs = localAs }, _node.Defaults, _node.Host, out d));

    private Task<BgpResult> PutPeerAsync(string address, long remoteAs) =>
        ChangeAsync((BgpModel m, out BgpModel d) => m.PutPeer(new BgpNeighborArguments { IPAddress = address, RemoteAs = remoteAs }, out d));

    private Task<BgpResult> RemovePeerAsync(string address) =>
        ChangeAsync((BgpModel m, out BgpModel d) => m.RemovePeer(new BgpSelector(IPAddress.Parse(address), ""), out d));
}
