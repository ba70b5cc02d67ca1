using System.Text.Json;
using System.Text.RegularExpressions;
using FluentAssertions;
using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>Two nodes that keep their connections alike: who takes over goes on with them.</summary>
public sealed class SyncTests
{
    private const int FullNat = 2;

    [Fact]
    public async Task ANodeThatDies_LosesNoEstablishedConnection()
    {
        ScenarioLab? nodes = null;
        await using var lab = nodes = await ScenarioLab.CreateAsync(new()
        {
            Kind = ScenarioKind.FlatL2,
            PeerLink = true,
            ControllerRoles = false,
            EchoMode = FullNat,
            NodeFlags = index => [.. ScenarioLab.PeerFlags(index), $"--ha-sync={PinOf(nodes!.Nodes[1 - index])}"],
        });
        await lab.StartAsync();
        IReadOnlyList<string>[] seen = [];

        var result = await ScenarioRun.RunAsync(lab, new()
        {
            Before = TimeSpan.FromSeconds(2),
            After = TimeSpan.FromSeconds(8),
            Fault = async (running, victim) =>
            {
                seen = await Task.WhenAll(running.Nodes.Select(ConnectionsAsync));
                await running.KillNodeAsync(victim);
            },
        });

        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        seen[0].Should().HaveCountGreaterThan(100, "there are kept connections and a transfer");
        seen[1].Should().BeEquivalentTo(seen[0], "connections of one node are in the other's table");
        result.Kept.Alive.Should().Be(result.Kept.Opened, result.Kept.ToString());
        result.TransferEnd.Should().BeNull();
    }

    /// <summary>What the operator does before the first start.</summary>
    internal static string PinOf(ScenarioNode node)
    {
        var shown = node.Host.Start("pin", Loxi.TestKit.Processes.LabPrograms.Node, "--instance", node.Host.Instance, "--state-dir", $"/run/loxi/{node.Host.Instance}", "--ha-sync-pin");
        shown.Completion.GetAwaiter().GetResult().Should().Be(0, shown.Tail());
        return Regex.Match(shown.Tail(), "[0-9a-f]{64}").Value;
    }

    /// <summary>Clients of open echo connections, as the node shows them.</summary>
    private static async Task<IReadOnlyList<string>> ConnectionsAsync(ScenarioNode node)
    {
        using var answer = JsonDocument.Parse(await node.ReadConnectionsAsync());
        return [.. answer.RootElement.GetProperty("ctAttr").EnumerateArray()
            .Where(static c => c.GetProperty("conntrackState").GetString() == "est" && c.GetProperty("destinationPort").GetInt32() == 7)
            .Select(static c => $"{c.GetProperty("sourceIP")}:{c.GetProperty("sourcePort")} {c.GetProperty("conntrackAct")}").Order(StringComparer.Ordinal)];
    }
}
