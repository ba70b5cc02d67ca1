using System.Net;
using System.Text.Json;
using FluentAssertions;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Scenarios;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>The recipe of docs/upgrade.md, line by line, in the middle of traffic: a pair gets another version node by node, and goes back, and no established connection is lost.</summary>
public sealed class UpgradeTests
{
    private const int FullNat = 2;
    private const int OtherLayout = 99;

    // What a stopping node hands over until then is of connections that see its own address: they go on asking for as long as it lives.
    private const string StopsSoon = "--ha-drain=2000";

    // Long enough for a machine that does other work: a change of role that nobody asked for is not what this is about.
    private const string Interval = "--ha-interval=1000";
    private const string Drain = "/loxi/v1/ha/drain";

    // What the recipe waits for: roles that have changed often, and a node that has resumed, or become ready, and is not heard to have.
    private static readonly string[] NotYet = ["its role has changed too often (R9)", "pinned, drained or about to stop", ": syncing"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    // A busy machine: what a planned move costs at most is for MoveTests.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1);

    /// <summary>With the same program: what the recipe does with connections. The tables of the first node are then those of another layout.</summary>
    [Fact]
    public async Task NodeByNode_LosesNothing_AlsoWhereTheTablesHaveAnotherLayout()
    {
        await using var lab = await PairAsync(ScenarioKind.FlatL2);

        var result = await RunAsync(lab, async victim =>
        {
            var found = await ReplaceAsync(lab, victim, LabPrograms.Node, whileStopped: MakeTablesOfAnotherLayout);
            found.Should().Contain($"have layout {OtherLayout}, expected layout ").And.Contain("loxid --purge");
            (await ReplaceAsync(lab, 1 - victim, LabPrograms.Node)).Should().BeNull("tables of the same layout are adopted");
        });

        AssertLossless(lab, result);
    }

    /// <summary>From this version to the other one and back: each node meets each version, as the one that serves and as the one that does not.</summary>
    [Theory]
    [Trait("Suite", Suites.Upgrade)]
    [InlineData(ScenarioKind.FlatL2)]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    public async Task ToAnotherVersion_AndBack_LosesNothing(ScenarioKind kind)
    {
        await using var lab = await PairAsync(kind);

        var result = await RunAsync(lab, async victim =>
        {
            foreach (var program in new[] { LabPrograms.OtherNode, LabPrograms.Node })
            {
                foreach (var index in new[] { victim, 1 - victim })
                {
                    var found = await ReplaceAsync(lab, index, program);
                    Write($"{lab.Nodes[index].Name} runs {program}{(found is null ? "" : "; its tables had another layout")}");
                }
            }
        });

        AssertLossless(lab, result);
    }

    /// <summary>A pair that begins with the other version: the upgrade, as it is the first time.</summary>
    [Fact]
    [Trait("Suite", Suites.Upgrade)]
    public async Task FromAnotherVersion_LosesNothing()
    {
        await using var lab = await PairAsync(ScenarioKind.FlatL2, LabPrograms.OtherNode);

        var result = await RunAsync(lab, async victim =>
        {
            foreach (var index in new[] { victim, 1 - victim })
            {
                _ = await ReplaceAsync(lab, index, LabPrograms.Node);
            }
        });

        AssertLossless(lab, result);
    }

    private static async Task<ScenarioLab> PairAsync(ScenarioKind kind, string? program = null)
    {
        ScenarioLab? nodes = null;
        var lab = nodes = await ScenarioLab.CreateAsync(new()
        {
            Kind = kind,
            PeerLink = true,
            ControllerRoles = false,
            EchoMode = FullNat,
            RouterBfd = false,
            NodeFlags = index => [.. ScenarioLab.PeerFlags(index), $"--ha-sync={SyncTests.PinOf(nodes!.Nodes[1 - index])}", StopsSoon, Interval],
        });
        foreach (var node in lab.Nodes.Where(_ => program is not null))
        {
            node.Program = program!;
        }

        await lab.StartAsync();
        await lab.WaitForPathsAsync();
        await ReadyAsync(lab, master: null);
        return lab;
    }

    private static Task<ScenarioResult> RunAsync(ScenarioLab lab, Func<int, Task> upgrade) => ScenarioRun.RunAsync(lab, new()
    {
        Before = TimeSpan.FromSeconds(1),
        After = TimeSpan.FromSeconds(3),
        AfterReturn = TimeSpan.FromSeconds(1),
        FaultName = "upgrade",
        Fault = (_, victim) => upgrade(victim),
        End = static (_, _) => Task.CompletedTask,
    });

    /// <summary>One node by the recipe; ends when the pair is as before.</summary>
    /// <returns>What the new program said of the tables of the old one, where it did not take them; they were removed then, while the other node served.</returns>
    private static async Task<string?> ReplaceAsync(ScenarioLab lab, int index, string program, Action<ScenarioNode>? whileStopped = null)
    {
        var (node, other) = (lab.Nodes[index], lab.Nodes[1 - index]);
        var wasMaster = await node.ReadRoleAsync(TestContext.Current.CancellationToken) == "MASTER";

        await AskAsync(node, HttpMethod.Put, Drain);
        (await node.Daemon.StopAsync(TimeSpan.FromSeconds(30))).Should().Be(0, node.Daemon.Tail());
        whileStopped?.Invoke(node);
        node.Program = program;
        string? found = null;
        try
        {
            await lab.StartNodeAsync(index);
        }
        catch (LabException) when (node.Daemon.HasExited)
        {
            found = node.Daemon.Tail();
            await node.PurgeAsync();
            await lab.StartNodeAsync(index);
        }

        await AskAsync(node, HttpMethod.Delete, Drain);
        await ReadyAsync(lab, other);
        // Earlier versions tell of connections, too, whose endpoints see the node's own address, which nobody can go on with.
        (await TableDifference.ReadAsync(other, node)).Missing.Where(connection => connection.Contains($" {lab.Echo} ", StringComparison.Ordinal)).Should().BeEmpty("{0} has all that {1} has", node.Name, other.Name);
        if (wasMaster)
        {
            await AskAsync(other, HttpMethod.Put, "/loxi/v1/ha/groups/llb-inst0/switchover");
            await ReadyAsync(lab, node);
        }

        return found;
    }

    private static void MakeTablesOfAnotherLayout(ScenarioNode node) => node.Host.Exec(
        "bpftool", "map", "update", "pinned", $"/sys/fs/bpf/loxi/{node.Host.Instance}/layout", "key", "0", "0", "0", "0", "value", $"{OtherLayout}", "0", "0", "0");

    private static async Task AskAsync(ScenarioNode node, HttpMethod method, string path)
    {
        var (status, text) = await node.SendAsync(method, path, method == HttpMethod.Put ? "{}" : null);
        for (var begin = TimeProvider.System.GetTimestamp(); NotYet.Any(why => text.Contains(why, StringComparison.Ordinal)); await Task.Delay(200, TestContext.Current.CancellationToken))
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(Patience, text);
            (status, text) = await node.SendAsync(method, path, method == HttpMethod.Put ? "{}" : null);
        }

        status.Should().Be(HttpStatusCode.OK, "{0} {1}: {2}\n{3}", node.Name, path, text, node.Daemon.Tail());
        text.Should().NotContain("\"problem\"");
    }

    /// <summary>Until one node serves, the other one could, and each has the connections of the other; as the recipe looks at it with <c>loxictl get ha</c>.</summary>
    private static async Task ReadyAsync(ScenarioLab lab, ScenarioNode? master)
    {
        for (var begin = TimeProvider.System.GetTimestamp(); ; await Task.Delay(50, TestContext.Current.CancellationToken))
        {
            var states = await Task.WhenAll(lab.Nodes.Select(StateOfAsync));
            if (states.Order(StringComparer.Ordinal).SequenceEqual(["backup ready ready", "master ready ready"])
                && (master is null || states[master.Index].StartsWith("master", StringComparison.Ordinal)))
            {
                return;
            }

            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(Patience, "{0}\n{1}\n{2}", string.Join(" | ", states), lab.Nodes[0].Daemon.Tail(), lab.Nodes[1].Daemon.Tail());
        }
    }

    /// <summary>Role, readiness and sync with the other node. A version that does not show sync has all connections when it is ready.</summary>
    private static async Task<string> StateOfAsync(ScenarioNode node)
    {
        using var answer = JsonDocument.Parse((await node.SendAsync(HttpMethod.Get, "/loxi/v1/ha")).Text);
        var (group, peer) = (answer.RootElement.GetProperty("groups").EnumerateArray().FirstOrDefault(), answer.RootElement.GetProperty("peers")[0]);
        return group.ValueKind == JsonValueKind.Undefined ? "no group"
            : $"{group.GetProperty("role").GetString()} {group.GetProperty("readiness").GetString()} {(peer.TryGetProperty("sync", out var sync) ? sync.GetProperty("state").GetString() : "ready")}";
    }

    private static void AssertLossless(ScenarioLab lab, ScenarioResult result)
    {
        Write(result.ToString());
        foreach (var node in lab.Nodes)
        {
            Write($"{node.Name}:\n{node.Daemon.Tail()}");
        }

        (result.Kept.Alive, result.Kept.Reset).Should().Be((result.Kept.Opened, 0), result.Kept.ToString());
        result.TransferEnd.Should().BeNull();
        result.LongestGap.Should().BeLessThan(LongestGap, result.NewConnections.ToString());
        result.Transfer.Should().BeLessThan(LongestGap);
        result.Roles.Last(change => change.Node == result.Victim).Role.Should().Be("MASTER", "the recipe ends as it began");
    }

    private static void Write(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
