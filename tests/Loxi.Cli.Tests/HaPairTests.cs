using System.Globalization;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary><c>ha pair</c>.</summary>
public sealed class HaPairTests
{
    private const string A = "http://127.0.0.1:11111";
    private const string B = "http://127.0.0.1:11112";
    private const string C = "https://llb3:8443";
    private const string Line = "ha pair --peer " + B;

    private readonly PairedFake _nodes = new(A, B);

    [Fact]
    public async Task FromBootstrapToEnforce_StepByStepOnBoth_WithARandomKey()
    {
        var outcome = await RunAsync(_nodes, Line);

        outcome.Error.Should().BeEmpty();
        _nodes.Changes.Should().Equal("0 receive-only 1 [1]", "1 receive-only 1 [1]", "0 permissive 1 [1]", "1 permissive 1 [1]", "0 enforce 1 [1]", "1 enforce 1 [1]");
        _nodes.Losses.Should().Be(0);
        outcome.Output.Should().EndWith("paired: nodes 0, 1 send with key 1 and hear nothing else\n").And.Contain("node 0 (http://127.0.0.1:11111/) accepts key 1\n");
        var secret = _nodes.Members[0].Accepted.Single().Secret;
        secret.Should().MatchRegex("^[0-9a-f]{64}$").And.Be(_nodes.Members[1].Accepted.Single().Secret);
        outcome.Output.Should().NotContain(secret);
        var others = new PairedFake(A, B);
        await RunAsync(others, Line);
        others.Members[0].Accepted.Single().Secret.Should().NotBe(secret);
    }

    [Fact]
    public async Task PairedNodes_StayAsTheyAre_AndGetAnotherKeyOnDemand()
    {
        await RunAsync(_nodes, Line);
        _nodes.Changes.Clear();

        (await RunAsync(_nodes, Line)).Output.Should().Be("paired already: nodes 0, 1 send with key 1 and hear nothing else\n");
        _nodes.Changes.Should().BeEmpty();
        await RunAsync(_nodes, Line + " --new-key");

        _nodes.Changes.Should().Equal("0 enforce 1 [1 2]", "1 enforce 1 [1 2]", "0 enforce 2 [1 2]", "1 enforce 2 [1 2]", "0 enforce 2 [2]", "1 enforce 2 [2]");
        _nodes.Losses.Should().Be(0);
    }

    [Theory]
    [InlineData("", 6)]
    [InlineData(" --new-key", 6)]
    public async Task StepThatFails_LeavesNodesThatHearEachOther_AndTheNextCallContinues(string option, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            var nodes = new PairedFake(A, B);
            if (option.Length != 0)
            {
                await RunAsync(nodes, Line);
                nodes.Changes.Clear();
            }

            nodes.FailAt = step;
            var failed = await RunAsync(nodes, Line + option);
            failed.Code.Should().Be(3);
            failed.Error.Should().Contain("where it stands:").And.Contain("node 0 (http://127.0.0.1:11111/): ").And.Contain("node 1 (http://127.0.0.1:11112/): ").And.EndWith("  call it again to continue\n");

            (await RunAsync(nodes, Line + option)).Code.Should().Be(0, $"step {step}");
            nodes.Losses.Should().Be(0, $"step {step}");
            nodes.Members.Should().OnlyContain(static m => m.Mode == "enforce" && m.Accepted.Count == 1);
            nodes.Members[0].Accepted.Should().Equal(nodes.Members[1].Accepted);
        }
    }

    [Fact]
    public async Task KeyThatBothHaveAndSendWith_IsKept()
    {
        foreach (var member in _nodes.Members)
        {
            (member.Mode, member.Send, member.Accepted) = ("permissive", 5, [(5, "x"), (6, "y")]);
        }

        await RunAsync(_nodes, Line);

        _nodes.Changes.Should().Equal("0 enforce 5 [5]", "1 enforce 5 [5]");
    }

    [Fact]
    public async Task NodesWithDifferentKeys_GetOneInCommon()
    {
        (_nodes.Members[0].Mode, _nodes.Members[0].Send, _nodes.Members[0].Accepted) = ("permissive", 1, [(1, "x")]);
        (_nodes.Members[1].Mode, _nodes.Members[1].Send, _nodes.Members[1].Accepted) = ("receive-only", 1, [(1, "y")]);

        (await RunAsync(_nodes, Line)).Code.Should().Be(0);

        _nodes.Members.Should().OnlyContain(static m => m.Mode == "enforce" && m.Send == 2);
    }

    [Fact]
    public async Task NodeThatIsNotHeard_IsNotEnforced()
    {
        _nodes.Silent = 1;

        var outcome = await RunAsync(_nodes, Line);

        outcome.Code.Should().Be(1);
        outcome.Error.Should().Contain("node 0 (http://127.0.0.1:11111/) does not hear node 1 with key 1").And.Contain("node 1 (http://127.0.0.1:11112/): permissive, sends with key 1, accepts keys 1");
        _nodes.Changes.Should().NotContain(static c => c.Contains("enforce"));
    }

    [Fact]
    public async Task MoreNodes_ArePairedTogether_OrNotAtAll()
    {
        var nodes = new PairedFake(A, B, C);

        var outcome = await RunAsync(nodes, Line);
        outcome.Code.Should().Be(1);
        outcome.Error.Should().Contain("node 0 (http://127.0.0.1:11111/): its other nodes are 1, 2, expected 1: --api and --peer name each node once");
        nodes.Changes.Should().BeEmpty();

        (await RunAsync(nodes, Line + " --peer " + C)).Code.Should().Be(0);
        nodes.Members.Should().OnlyContain(static m => m.Mode == "enforce");
        nodes.Losses.Should().Be(0);
    }

    [Theory]
    [InlineData("ha pair", "--peer")]
    [InlineData("ha pair --peer http://192.0.2.2:11111", "--peer 'http://192.0.2.2:11111/': expected https, or http to loopback: for another machine a tunnel such as ssh -L")]
    [InlineData("ha pair --api http://192.0.2.1:11111 --peer " + B, "--api 'http://192.0.2.1:11111/': expected https")]
    [InlineData("ha pair --peer nonsense", "--peer 'nonsense': expected a URL")]
    public async Task KeyThatOthersCouldRead_IsNotSent(string line, string error)
    {
        var outcome = await RunAsync(_nodes, line);

        outcome.Code.Should().Be(2);
        outcome.Error.Should().Contain(error);
        _nodes.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task NodesThatDoNotDecide_AreNotPaired()
    {
        _nodes.Source = "external";

        (await RunAsync(_nodes, Line)).Error.Should().Contain("roles are decided by external, expected nodes that decide (--cluster)");
        _nodes.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task NodesThatKeepConnectionsAlike_GetThePinsOfEachOther()
    {
        var nodes = new PairedFake(A, B, C);
        GivePins(nodes);
        // One that gets another key next: what is known of it stays.
        nodes.Members[0].Known[1] = [Pin(1), Pin(9)];
        nodes.Members[2].Known[1] = [Pin(8)];

        var outcome = await RunAsync(nodes, Line + " --peer " + C);

        outcome.Error.Should().BeEmpty();
        nodes.Told.Should().Equal($"0 192.0.2.2 {Pin(2)}", $"1 192.0.2.0 {Pin(0)}", $"1 192.0.2.2 {Pin(2)}", $"2 192.0.2.0 {Pin(0)}", $"2 192.0.2.1 {Pin(1)}");
        nodes.Members[0].Known[1].Should().Equal(Pin(1), Pin(9));
        outcome.Output.Should().Contain("hear nothing else\n").And.Contain($"node 0 (http://127.0.0.1:11111/) knows node 2 by its pin {Pin(2)}\n").And.EndWith("connections of nodes 0, 1, 2 are kept alike\n");
        nodes.Told.Clear();
        (await RunAsync(nodes, Line + " --peer " + C)).Output.Should().Be("paired already: nodes 0, 1, 2 send with key 1 and hear nothing else\nconnections of nodes 0, 1, 2 are kept alike\n");
        nodes.Told.Should().BeEmpty();
    }

    [Fact]
    public async Task ANodeThatKeepsNoConnections_IsNamed_AndGetsNoPin()
    {
        var nodes = new PairedFake(A, B, C);
        GivePins(nodes);
        nodes.Members[1].Pin = null;

        var outcome = await RunAsync(nodes, Line + " --peer " + C);

        outcome.Code.Should().Be(0);
        outcome.Output.Should().Contain("node 1 (http://127.0.0.1:11112/) keeps no connections alike: start it with --ha-sync=pair, and call this again\n").And.EndWith("connections of nodes 0, 2 are kept alike\n");
        nodes.Told.Should().Equal($"0 192.0.2.2 {Pin(2)}", $"2 192.0.2.0 {Pin(0)}");
    }

    [Fact]
    public async Task StreamsThatDoNotOpen_AreToldWithTheirReason()
    {
        GivePins(_nodes);
        _nodes.IsCut = true;

        var outcome = await RunAsync(_nodes, Line);

        outcome.Code.Should().Be(1);
        outcome.Error.Should().Contain("node 0 (http://127.0.0.1:11111/) has no stream with node 1: nobody answers").And.Contain("node 1 (http://127.0.0.1:11112/) has no stream with node 0: nobody answers").And.Contain("TCP port 22112 must pass");
        _nodes.Told.Should().HaveCount(2);
    }

    private static void GivePins(PairedFake nodes)
    {
        foreach (var member in nodes.Members)
        {
            member.Pin = Pin(member.Number);
        }
    }

    private static string Pin(int number) => new((char)('0' + number), 64);

    private static Task<Outcome> RunAsync(PairedFake nodes, string line) => Cli.RunAsync(
        line,
        new CliEnvironment
        {
            Output = new StringWriter(CultureInfo.InvariantCulture),
            Error = new StringWriter(CultureInfo.InvariantCulture),
            Variable = static _ => null,
            Time = new EagerTimeProvider(),
            Transport = _ => nodes.Transport(),
        },
        null,
        TestContext.Current.CancellationToken);
}
