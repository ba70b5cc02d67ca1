using System.Net;
using System.Text.Json;
using FluentAssertions;
using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>Planned moves (R8) of two nodes that keep their connections alike, in the middle of traffic.</summary>
public sealed class MoveTests
{
    private const int FullNat = 2;
    private const string Switchover = "/loxi/v1/ha/groups/llb-inst0/switchover";
    private const string Drain = "/loxi/v1/ha/drain";
    private static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(250);

    [Theory]
    [InlineData(ScenarioKind.FlatL2, false)]
    [InlineData(ScenarioKind.ActiveBackupBgp, false)]
    [InlineData(ScenarioKind.ActiveBackupBgp, true)]
    public async Task ASwitchover_LosesNothing(ScenarioKind kind, bool isBird)
    {
        await using var lab = await SyncedAsync(kind, isBird);
        (HttpStatusCode Status, string Text) answer = (default, "");

        var result = await RunAsync(lab, async victim => answer = await lab.Nodes[victim].SendAsync(HttpMethod.Put, Switchover, "{}"));

        answer.Status.Should().Be(HttpStatusCode.OK, answer.Text);
        var victim = lab.Nodes.Single(node => node.Name == result.Victim);
        using var move = JsonDocument.Parse(answer.Text);
        (move.RootElement.GetProperty("from").GetInt32(), move.RootElement.GetProperty("to").GetInt32()).Should().Be((victim.Index, 1 - victim.Index));
        await AssertLosslessAsync(lab, result);
        result.HttpFailed.Should().Be(0, "also connections whose source is the old node's address go on, as long as it lives");
        victim.Daemon.Lines.Should().Contain(line => line.Contains("is handed to node", StringComparison.Ordinal), victim.Daemon.Tail());
    }

    /// <summary>Nodes that are on no link together: what comes to the one that does not have its connection goes to the other one in a tunnel.</summary>
    [Fact]
    public async Task ASwitchoverBetweenNodesApart_GoesThroughATunnel_AndLosesNothing()
    {
        // HELLOs without a key are not heard by way of a router.
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, $"1 {new string('a', 64)}\n", TestContext.Current.CancellationToken);
            await using var lab = await SyncedAsync(ScenarioKind.ActiveBackupBgp, isBird: true, keys);
            await RolesAsync(lab);
            using var wire = lab.Lab["router"].Capture("eth2", static packet => packet.IsIpip);

            var result = await RunAsync(lab, async victim =>
            {
                var (status, text) = await lab.Nodes[victim].SendAsync(HttpMethod.Put, Switchover, "{}");
                status.Should().Be(HttpStatusCode.OK, text);
            });

            await AssertLosslessAsync(lab, result);
            result.HttpFailed.Should().Be(0, "also connections whose source is the old node's address go on, as long as it lives");
            var (old, now) = (lab.Nodes.Single(node => node.Name == result.Victim).Address, lab.Nodes.Single(node => node.Name == result.Survivor).Address);
            TestContext.Current.TestOutputHelper?.WriteLine($"in the tunnel: {wire.Packets.Count(packet => packet.Source!.ToString() == old)} from the old node, {wire.Packets.Count(packet => packet.Source!.ToString() == now)} from the new one");
            wire.Packets.Should().OnlyContain(packet => packet.Source!.ToString() == old || packet.Source!.ToString() == now);
            wire.Packets.Should().Contain(packet => packet.Source!.ToString() == now && packet.Destination!.ToString() == old, "what the new node does not know goes back");
        }
        finally
        {
            File.Delete(keys);
        }
    }

    [Fact]
    public async Task AStop_HandsEverythingOver_ThenEnds()
    {
        await using var lab = await SyncedAsync();
        TimeSpan took = default;

        var result = await RunAsync(lab, async victim =>
        {
            var begin = TimeProvider.System.GetTimestamp();
            (await lab.Nodes[victim].Daemon.StopAsync(TimeSpan.FromSeconds(30))).Should().Be(0);
            took = TimeProvider.System.GetElapsedTime(begin);
        });

        TestContext.Current.TestOutputHelper?.WriteLine($"stopped after {took.TotalMilliseconds:F0} ms");
        await AssertLosslessAsync(lab, result);
        took.Should().BeLessThan(TimeSpan.FromSeconds(15), "it ends a second after the last packet");
    }

    [Fact]
    public async Task AStopWhileItDrains_LosesNothingEither()
    {
        await using var lab = await SyncedAsync();
        (HttpStatusCode Status, string Text) answer = (default, "");

        var result = await RunAsync(lab, async victim =>
        {
            var draining = lab.Nodes[victim].SendAsync(HttpMethod.Put, Drain, "{}");
            // The role is given away, and what came for it is still handed over.
            answer = await draining;
            (await lab.Nodes[victim].Daemon.StopAsync(TimeSpan.FromSeconds(30))).Should().Be(0);
        });

        answer.Status.Should().Be(HttpStatusCode.OK, answer.Text);
        await AssertLosslessAsync(lab, result);
    }

    [Fact]
    public async Task ADrainedNode_TakesNoRole_AlsoAfterARestart_UntilItResumes()
    {
        await using var lab = await SyncedAsync();
        var (drained, other) = await RolesAsync(lab);

        var (status, text) = await drained.SendAsync(HttpMethod.Put, Drain, "{}");
        status.Should().Be(HttpStatusCode.OK, text);
        await UntilAsync(other, "MASTER");
        (await drained.Daemon.StopAsync(TimeSpan.FromSeconds(30))).Should().Be(0);
        await lab.StartNodeAsync(drained.Index);
        await UntilAsync(drained, "BACKUP");
        (await drained.SendAsync(HttpMethod.Get, "/loxi/v1/ha")).Text.Should().Contain("\"drained\":true");
        (status, text) = await UntilAnswerAsync(other, "drained");
        status.Should().Be(HttpStatusCode.Conflict);
        text.Should().Contain("pinned, drained or about to stop");
        (status, text) = await drained.SendAsync(HttpMethod.Put, Switchover, $$"""{"to":{{drained.Index}}}""");
        (status, text.Contains("not drained", StringComparison.Ordinal)).Should().Be((HttpStatusCode.Conflict, true), text);

        (status, text) = await drained.SendAsync(HttpMethod.Delete, Drain);
        status.Should().Be(HttpStatusCode.OK, text);
        (status, text) = await UntilAnswerAsync(other, "\"to\":");
        status.Should().Be(HttpStatusCode.OK, text);
        await UntilAsync(drained, "MASTER");
    }

    [Fact]
    public async Task WithoutSync_AMoveIsRefused_UnlessItIsForced()
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.FlatL2, PeerLink = true, ControllerRoles = false, NodeFlags = ScenarioLab.PeerFlags });
        await lab.StartAsync();
        var (master, other) = await RolesAsync(lab);

        var (status, text) = await master.SendAsync(HttpMethod.Put, Switchover, "{}");
        status.Should().Be(HttpStatusCode.Conflict);
        text.Should().Contain("--ha-sync").And.Contain("force");
        (await master.ReadRoleAsync(TestContext.Current.CancellationToken)).Should().Be("MASTER");

        (status, text) = await master.SendAsync(HttpMethod.Put, Switchover, """{"force":true}""");
        status.Should().Be(HttpStatusCode.OK, text);
        await UntilAsync(other, "MASTER");
    }

    private static async Task<ScenarioLab> SyncedAsync(ScenarioKind kind = ScenarioKind.FlatL2, bool isBird = false, string? keysOfNodesApart = null)
    {
        ScenarioLab? nodes = null;
        var lab = nodes = await ScenarioLab.CreateAsync(new()
        {
            Kind = kind,
            PeerLink = keysOfNodesApart is null,
            Apart = keysOfNodesApart is not null,
            Bird = isBird,
            ControllerRoles = false,
            EchoMode = FullNat,
            NodeFlags = index => [.. nodes!.FlagsOfPeers(index), $"--ha-sync={SyncTests.PinOf(nodes.Nodes[1 - index])}", .. keysOfNodesApart is null ? (string[])[] : [$"--ha-keys={keysOfNodesApart}"]],
        });
        await lab.StartAsync();
        await lab.WaitForPathsAsync();
        return lab;
    }

    private static Task<ScenarioResult> RunAsync(ScenarioLab lab, Func<int, Task> move) => ScenarioRun.RunAsync(lab, new()
    {
        Before = TimeSpan.FromSeconds(2),
        After = TimeSpan.FromSeconds(5),
        AfterReturn = TimeSpan.FromSeconds(1),
        FaultName = "planned move",
        Fault = (_, victim) => move(victim),
        End = static (_, _) => Task.CompletedTask,
    });

    private static async Task AssertLosslessAsync(ScenarioLab lab, ScenarioResult result)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine($"longest gap of new connections {result.LongestGap.TotalMilliseconds:F1} ms, of the transfer {result.Transfer.TotalMilliseconds:F1} ms; HTTP {result.HttpAnswered} answered, {result.HttpFailed} failed");
        (result.Kept.Alive, result.Kept.Reset).Should().Be((result.Kept.Opened, 0), result.Kept.ToString());
        result.TransferEnd.Should().BeNull();
        result.LongestGap.Should().BeLessThan(LongestGap, result.NewConnections.ToString());
        result.Transfer.Should().BeLessThan(LongestGap);
        (await lab.Nodes.Single(node => node.Name == result.Survivor).ReadRoleAsync(TestContext.Current.CancellationToken)).Should().Be("MASTER");
    }

    /// <summary>The node that serves, when the other one is ready to.</summary>
    private static async Task<(ScenarioNode Master, ScenarioNode Other)> RolesAsync(ScenarioLab lab)
    {
        for (var begin = TimeProvider.System.GetTimestamp(); ; await Task.Delay(50, TestContext.Current.CancellationToken))
        {
            foreach (var node in lab.Nodes)
            {
                var other = lab.Nodes[1 - node.Index];
                if (await RoleOfAsync(node) is ("master", _) && await RoleOfAsync(other) is ("backup", "ready"))
                {
                    return (node, other);
                }
            }

            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(30), lab.Nodes[0].Daemon.Tail());
        }
    }

    private static async Task<(string? Role, string? Readiness)> RoleOfAsync(ScenarioNode node)
    {
        using var answer = JsonDocument.Parse((await node.SendAsync(HttpMethod.Get, "/loxi/v1/ha")).Text);
        var group = answer.RootElement.GetProperty("groups").EnumerateArray().FirstOrDefault();
        return group.ValueKind == JsonValueKind.Undefined ? (null, null) : (group.GetProperty("role").GetString(), group.GetProperty("readiness").GetString());
    }

    private static async Task UntilAsync(ScenarioNode node, string role)
    {
        for (var begin = TimeProvider.System.GetTimestamp(); await node.ReadRoleAsync(TestContext.Current.CancellationToken) != role; await Task.Delay(50, TestContext.Current.CancellationToken))
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(30), node.Daemon.Tail());
        }
    }

    /// <summary>Asks for a switchover until the answer has a text.</summary>
    private static async Task<(HttpStatusCode Status, string Text)> UntilAnswerAsync(ScenarioNode node, string text)
    {
        for (var begin = TimeProvider.System.GetTimestamp(); ; await Task.Delay(100, TestContext.Current.CancellationToken))
        {
            var answer = await node.SendAsync(HttpMethod.Put, Switchover, "{}");
            if (answer.Text.Contains(text, StringComparison.Ordinal))
            {
                return answer;
            }

            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(40), answer.Text);
        }
    }
}
