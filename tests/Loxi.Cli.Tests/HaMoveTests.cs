using System.Net;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary><c>ha switchover</c>, <c>ha drain</c>, <c>ha resume</c>.</summary>
public sealed class HaMoveTests
{
    private const string Groups = "/loxi/v1/ha/groups/";
    private const string Drain = "/loxi/v1/ha/drain";

    [Theory]
    [InlineData("ha switchover", "llb-inst0", "{}")]
    [InlineData("ha switchover --instance inst1 --to 1 --force", "inst1", """{"to":1,"force":true}""")]
    public async Task Switchover_IsSent_AndSaysWhoServes(string line, string group, string body)
    {
        var node = new FakeNode().Answer("PUT *", $$"""{"group":"{{group}}","from":0,"to":1,"time":12.5}""");

        (await Cli.RunAsync(node, line)).Output.Should().Be($"ha {group} moved from node 0 to node 1 in 12.5ms\n");

        var request = node.Requests.Should().ContainSingle().Subject;
        (request.Method, request.Path, request.Body).Should().Be(("PUT", $"{Groups}{group}/switchover", body));
    }

    [Fact]
    public async Task Refusal_IsShownWhole()
    {
        var node = new FakeNode().Answer("PUT *", """{"code":409,"fields":null,"message":"Resource Conflict.","result":"move-refused error: sync: value 'off', expected --ha-sync, or force"}""", HttpStatusCode.Conflict);

        var outcome = await Cli.RunAsync(node, "ha switchover");

        outcome.Code.Should().Be(1);
        outcome.Error.Should().Contain("sync: value 'off', expected --ha-sync, or force");
    }

    [Fact]
    public async Task Drain_NamesWhatStays_AndResumeEndsIt()
    {
        var node = new FakeNode()
            .Answer("PUT *", """{"drained":true,"moves":[{"group":"a","from":0,"to":1,"time":3},{"group":"b","from":0,"time":2300,"problem":"nobody took it in time"}]}""")
            .Answer("DELETE *", """{"drained":false,"moves":[]}""");

        (await Cli.RunAsync(node, "ha drain --force")).Should().BeEquivalentTo(new
        {
            Code = 1,
            Output = "ha a moved from node 0 to node 1 in 3ms\nha b stays: nobody took it in time\nha drained\n",
            Error = "loxictl: 1 of the VIP groups could not be given away yet\n",
        });
        (await Cli.RunAsync(node, "ha resume")).Output.Should().Be("ha resumed\n");

        node.Requests.Select(static r => $"{r.Method} {r.Path} {r.Body}".TrimEnd()).Should().Equal($$"""PUT {{Drain}} {"force":true}""", $"DELETE {Drain}");
    }

    [Theory]
    [InlineData("ha switchover --to x", "--to 'x': expected a whole number from 0 to 65535")]
    [InlineData("ha switchover --to 65536", "--to '65536': expected a whole number from 0 to 65535")]
    public async Task WrongNumber_IsNamed(string line, string error)
    {
        var outcome = await Cli.RunAsync(new FakeNode(), line);

        outcome.Code.Should().Be(2);
        outcome.Error.Should().Contain(error);
    }

    [Fact]
    public async Task GetHa_SaysThatTheNodeIsDrained() =>
        (await Cli.RunAsync(new FakeNode().Answer("GET *", """{"source":"peers","node":0,"drained":true,"realTime":false,"groups":[],"peers":[],"alarms":[]}"""), "get ha")).Output
            .Should().Contain("The node is drained: it takes no role while another node is heard, until 'ha resume'.");
}
