using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Node.Bfd;
using Loxi.Node.Composition;
using Loxi.Node.Options;
using Loxi.Node.Rest;
using Loxi.Node.State;
using Loxi.Node.Tests.Bfd;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Node.Tests.Composition;

public sealed class NodeBfdTests : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-node-bfd-").FullName;
    private readonly FakeSpeaker _speaker = new();
    private readonly FakeNetwork _network = new();
    private readonly BfdStateFile _file;
    private NodeBfd _node;

    public NodeBfdTests()
    {
        _file = new BfdStateFile(_directory);
        _node = NewNode();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Session_IsSavedAndTakenUpAgain()
    {
        await StartAsync();
        (await _node.ListAsync(Cancellation)).Should().BeNull("there never was one");
        (await RemoveAsync("192.0.2.2")).Outcome.Should().Be(BfdOutcome.NotRunning);

        (await PutAsync("192.0.2.2", 50)).Outcome.Should().Be(BfdOutcome.Done);
        (await PutAsync("192.0.2.3", 50)).Outcome.Should().Be(BfdOutcome.Done);
        (await PutAsync("192.0.2.3", 20)).Outcome.Should().Be(BfdOutcome.Done);
        (await PutAsync("192.0.2.3", 20)).Outcome.Should().Be(BfdOutcome.Unchanged);
        (await RemoveAsync("192.0.2.2")).Outcome.Should().Be(BfdOutcome.Done);
        (await RemoveAsync("192.0.2.2")).Outcome.Should().Be(BfdOutcome.NotFound);
        await RestartAsync();

        _speaker.Applied.Should().Equal("192.0.2.2/50", "192.0.2.2/50 192.0.2.3/50", "192.0.2.2/50 192.0.2.3/20", "192.0.2.3/20", "192.0.2.3/20");
        (await _node.ListAsync(Cancellation)).Should().ContainSingle().Which.Configured.Origin.Should().Be(BfdOrigin.Api);
    }

    [Fact]
    public async Task NoSession_PutsNothingInForceAndWatchesNothing()
    {
        await StartAsync();

        _speaker.Applied.Should().BeEmpty();
        _network.IsWatched.Should().BeFalse();
        File.Exists(_file.Path).Should().BeFalse();
    }

    [Fact]
    public async Task SessionOfTheFlag_IsChangedAndDeletedButNeverSaved()
    {
        await StartAsync("192.0.2.2:192.0.2.1:50000");
        await PutAsync("192.0.2.2", 20);
        await PutAsync("192.0.2.9", 50);
        (await _node.ListAsync(Cancellation))!.Select(static s => s.Configured.Origin).Should().Equal(BfdOrigin.Flag, BfdOrigin.Api);

        await RestartAsync("192.0.2.2:192.0.2.1:50000");
        _speaker.Applied[^1].Should().Be("192.0.2.2/50 192.0.2.9/50", "the command line is what holds at a start");
        (await RemoveAsync("192.0.2.2")).Outcome.Should().Be(BfdOutcome.Done);
        await RestartAsync();

        _speaker.Applied[^1].Should().Be("192.0.2.9/50");
    }

    [Fact]
    public async Task SavedSessionWithThePeerOfTheFlag_Holds()
    {
        await StartAsync();
        await PutAsync("192.0.2.2", 20);

        await RestartAsync("192.0.2.2:0.0.0.0:50000");

        (await _node.ListAsync(Cancellation)).Should().ContainSingle().Which.Configured.Should().BeEquivalentTo(
            new { Origin = BfdOrigin.Api, Settings = new { DesiredMinTxInterval = TimeSpan.FromMilliseconds(20) } });
    }

    [Theory]
    [InlineData("192.0.2.2", 3784, 255)]
    [InlineData("198.51.100.2", 4784, 224)]
    [InlineData("[fe80::2%eth0]", 3784, 255)]
    public async Task PeerOfTheFlag_IsSeveralHopsAwayUnlessConnected(string flag, int port, int minTtl)
    {
        await StartAsync(flag);

        var entry = BfdEntries.ToEntry((await _node.ListAsync(Cancellation))!.Single());

        entry.Should().BeEquivalentTo(new { Port = port, MinTtl = minTtl, Origin = "ka" });
    }

    [Fact]
    public async Task FlagThatTheHostRefuses_EndsTheStart()
    {
        await this.Awaiting(static t => t.StartAsync("192.0.2.2:192.0.2.7")).Should().ThrowAsync<InvalidOperationException>()
            .WithMessage("--ka: sourceIp: value '192.0.2.7', expected an address of this host");
    }

    [Fact]
    public async Task PortOfAnotherProgram_EndsTheStartAndRefusesAChange()
    {
        await StartAsync();
        _speaker.IsPortTaken = true;

        var result = await PutAsync("192.0.2.2", 50);

        result.Outcome.Should().Be(BfdOutcome.PortTaken);
        result.Problems.Should().ContainSingle().Which.Field.Should().Be("port");
        (await _node.ListAsync(Cancellation)).Should().BeNull("nothing was changed");
        File.Exists(_file.Path).Should().BeFalse();
        await this.Awaiting(static t => t.RestartAsync("192.0.2.2")).Should().ThrowAsync<InvalidOperationException>()
            .WithMessage("port: value '3784/udp', expected a port that no other program has on IPv4 (another BFD daemon?)");
    }

    [Fact]
    public async Task SourceThatTheHostDoesNotHave_IsRefusedByName()
    {
        await StartAsync();
        await PutAsync("192.0.2.1", 50);

        var result = await _node.PutAsync(new BfdArguments { RemoteIP = "192.0.2.2", SourceIP = "192.0.2.7", Interval = 50_000, RetryCount = 3 }, Cancellation);

        result.Should().BeEquivalentTo(new BfdResult(BfdOutcome.Malformed, [Problem.Of("sourceIp", "192.0.2.7", "an address of this host")]));
        _speaker.Applied.Should().Equal("192.0.2.1/50");
    }

    [Fact]
    public async Task SavedSessionWhoseAddressIsGone_WaitsForTheNetwork()
    {
        _speaker.Addresses.Add("192.0.2.7");
        await StartAsync();
        await PutAsync("192.0.2.2", 50);
        await _node.PutAsync(new BfdArguments { RemoteIP = "192.0.2.3", SourceIP = "192.0.2.7", Interval = 50_000, RetryCount = 3 }, Cancellation);
        _speaker.Addresses.Remove("192.0.2.7");
        await RestartAsync();

        _speaker.Applied[^1].Should().Be("192.0.2.2/50");
        var waiting = (await _node.ListAsync(Cancellation))![1];
        waiting.Report.Should().BeNull();
        waiting.Problem.Should().Be("not in force until the network changes: sourceIp: value '192.0.2.7', expected an address of this host");
        (await PutAsync("192.0.2.2", 40)).Outcome.Should().Be(BfdOutcome.Done, "the others do not wait with it");
        _speaker.Applied[^1].Should().Be("192.0.2.2/40");

        _network.Change();
        _speaker.Addresses.Add("192.0.2.7");
        _network.Change();
        await EventuallyAsync(async () => (await _node.ListAsync(Cancellation))![1].Report is not null);

        _speaker.Applied[^1].Should().Be("192.0.2.2/40 192.0.2.3/50");
        (await _node.ListAsync(Cancellation))![1].Problem.Should().BeNull();
        _file.Load(new StubHost()).Sessions.Should().HaveCount(2);
    }

    [Fact]
    public async Task WaitingSession_CanBeDeleted()
    {
        _speaker.Addresses.Add("192.0.2.7");
        await StartAsync();
        await _node.PutAsync(new BfdArguments { RemoteIP = "192.0.2.3", SourceIP = "192.0.2.7", Interval = 50_000, RetryCount = 3 }, Cancellation);
        _speaker.Addresses.Remove("192.0.2.7");
        await RestartAsync();

        (await RemoveAsync("192.0.2.3")).Outcome.Should().Be(BfdOutcome.Done);

        (await _node.ListAsync(Cancellation)).Should().BeEmpty();
        _file.Load(new StubHost()).Sessions.Should().BeEmpty();
    }

    [Fact]
    public async Task ChangeThatCannotBeSaved_IsTakenBack()
    {
        await StartAsync();
        await PutAsync("192.0.2.2", 50);
        Directory.CreateDirectory(_file.Path + ".tmp");

        await this.Awaiting(static t => t.PutAsync("192.0.2.2", 20)).Should().ThrowAsync<Exception>();
        await this.Awaiting(static t => t.RemoveAsync("192.0.2.2")).Should().ThrowAsync<Exception>();

        _speaker.Applied.Should().Equal("192.0.2.2/50", "192.0.2.2/20", "192.0.2.2/50", "", "192.0.2.2/50");
        (await _node.ListAsync(Cancellation)).Should().ContainSingle().Which.Configured.Settings.DesiredMinTxInterval.Should().Be(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Stop_EndsTheSpeakerOnceRequestsAreRefused()
    {
        await StartAsync();

        await _node.StopAsync();

        _speaker.Stops.Should().Be(1);
        (await this.Awaiting(static t => t.PutAsync("192.0.2.2", 50)).Should().ThrowAsync<RefusedRequestException>()).Which.Status.Should().Be(503);
        await _node.Awaiting(static n => n.ListAsync(Cancellation)).Should().ThrowAsync<RefusedRequestException>();
    }

    [Fact]
    public async Task Disposal_MayComeTwiceAndAfterTheStop()
    {
        await StartAsync();

        await _node.StopAsync();
        await _node.DisposeAsync();
        await _node.DisposeAsync();

        _speaker.Stops.Should().Be(2);
    }

    [Fact]
    public async Task Requests_WaitForTheStart()
    {
        _node.Load(null);
        var put = PutAsync("192.0.2.2", 50);
        put.IsCompleted.Should().BeFalse();

        await _node.StartAsync();

        (await put).Outcome.Should().Be(BfdOutcome.Done);
    }

    [Fact]
    public async Task SessionOfTheFlag_GoesAndComesWithItsNode_AndIsNotSaved()
    {
        var flag = KeepAliveFlag.Read("192.0.2.2:192.0.2.1:50000", [])!;
        await StartAsync("192.0.2.2:192.0.2.1:50000");
        await PutAsync("192.0.2.9", 50);

        await _node.SetKeepAliveAsync(flag);
        await _node.SetKeepAliveAsync(null);
        await _node.SetKeepAliveAsync(null);
        await _node.SetKeepAliveAsync(flag);

        _speaker.Applied.Should().Equal("192.0.2.2/50", "192.0.2.2/50 192.0.2.9/50", "192.0.2.9/50", "192.0.2.2/50 192.0.2.9/50");
        await RestartAsync();
        _speaker.Applied[^1].Should().Be("192.0.2.9/50");
    }

    [Fact]
    public async Task SessionOfAPerson_StaysWhenThatOfTheFlagGoes()
    {
        await StartAsync();
        await PutAsync("192.0.2.2", 20);

        await _node.SetKeepAliveAsync(KeepAliveFlag.Read("192.0.2.2:192.0.2.1:50000", []));
        await _node.SetKeepAliveAsync(null);

        _speaker.Applied.Should().Equal("192.0.2.2/20");
    }

    [Fact]
    public async Task SessionOfTheFlag_ThatCannotBeHadYet_WaitsForItsAddress()
    {
        await StartAsync();

        await _node.SetKeepAliveAsync(KeepAliveFlag.Read("192.0.2.2:192.0.2.7:50000", []));
        (await _node.ListAsync(Cancellation))!.Single().Problem.Should().Contain("192.0.2.7");
        _speaker.Addresses.Add("192.0.2.7");
        _network.Change();

        await EventuallyAsync(async () => (await _node.ListAsync(Cancellation))!.Single().Problem is null);
        _speaker.Applied.Should().Equal("192.0.2.2/50");
    }

    [Fact]
    public async Task SessionOfTheFlag_WithoutItsPort_IsNot()
    {
        await StartAsync();
        _speaker.IsPortTaken = true;

        await _node.SetKeepAliveAsync(KeepAliveFlag.Read("192.0.2.2:192.0.2.1:50000", []));

        (await _node.ListAsync(Cancellation)).Should().BeNull();
    }

    private NodeBfd NewNode() => new(_speaker, _file, _network, TimeProvider.System, NullLogger<NodeBfd>.Instance);

    private async Task StartAsync(string? flag = null)
    {
        var problems = new List<Problem>();
        _node.Load(flag is null ? null : KeepAliveFlag.Read(flag, problems));
        problems.Should().BeEmpty();
        await _node.StartAsync();
    }

    private async Task RestartAsync(string? flag = null)
    {
        await _node.DisposeAsync();
        _node = NewNode();
        await StartAsync(flag);
    }

    private Task<BfdResult> PutAsync(string peer, int milliseconds) =>
        _node.PutAsync(new BfdArguments { RemoteIP = peer, Interval = milliseconds * 1_000, RetryCount = 3 }, Cancellation);

    private Task<BfdResult> RemoveAsync(string peer) => _node.RemoveAsync(new BfdSelector("", IPAddress.Parse(peer), ""), Cancellation);

    /// <summary>What a background task does has no event; ends with the test's own time limit.</summary>
    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
