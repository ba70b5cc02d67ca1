using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using FluentAssertions;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Scenarios;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>Two nodes that keep their connections alike: who takes over goes on with them.</summary>
public sealed class SyncTests
{
    private const int FullNat = 2;
    private const int SctpPort = 5000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ANodeThatDies_LosesNoEstablishedConnection(bool isIpv6)
    {
        await using var lab = await PairAsync(isIpv6);
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
        if (isIpv6)
        {
            seen[0].Should().OnlyContain(static connection => connection.StartsWith("2001:db8:", StringComparison.Ordinal), "that is what it is about");
        }
    }

    [Fact]
    public async Task AnSctpAssociation_OutlivesItsNode()
    {
        await using var lab = await PairAsync(isIpv6: false);
        foreach (var node in lab.Nodes)
        {
            await node.PostAsync("config/loadbalancer", new
            {
                serviceArguments = new { externalIP = lab.Vip.ToString(), port = SctpPort, protocol = "sctp", mode = FullNat },
                endpoints = new[] { new { endpointIP = ScenarioLab.EndpointAddress(0), targetPort = SctpPort, weight = 1 } },
            });
        }

        var (master, backup) = await RolesAsync(lab);
        await using var server = await SctpServer.StartAsync(lab.Lab["ep1"], IPAddress.Parse(ScenarioLab.EndpointAddress(0)), SctpPort);
        using var atClient = lab.Client.Capture("eth0", static packet => packet.IsSctp && !packet.Outgoing && packet.Chunks.Any(static chunk => chunk.Type == SctpChunkType.Abort));
        var sending = SctpClient.SendForAsync(lab.Client, IPAddress.Parse("192.168.80.100"), new(lab.Vip, SctpPort), TimeSpan.FromSeconds(6), 1000, TimeSpan.FromSeconds(60));
        await Scenario.WaitUntilAsync(async () =>
        {
            var text = await backup.SendAsync(HttpMethod.Get, "/loxi/v1/connections?limit=1000");
            return (AssociationsOf(text.Text).SequenceEqual(["est"]), text.Text);
        }, Patience);
        sending.IsCompleted.Should().BeFalse("the node dies in the middle of it");

        await lab.KillNodeAsync(master.Index);

        var sent = await sending;
        sent.Should().BePositive();
        (await server.ReceiveAsync(TimeSpan.FromSeconds(20))).Messages.Should().Be(sent, "all of one association have come");
        atClient.Packets.Should().BeEmpty();
        AssociationsOf((await backup.SendAsync(HttpMethod.Get, "/loxi/v1/connections?limit=1000")).Text).Should().ContainSingle("it is the one that was there");
    }

    private static async Task<ScenarioLab> PairAsync(bool isIpv6)
    {
        ScenarioLab? nodes = null;
        var lab = nodes = await ScenarioLab.CreateAsync(new()
        {
            Kind = ScenarioKind.FlatL2,
            PeerLink = true,
            IPv6 = isIpv6,
            ControllerRoles = false,
            EchoMode = FullNat,
            NodeFlags = index => [.. isIpv6 ? ScenarioLab.PeerFlagsV6(index) : ScenarioLab.PeerFlags(index), $"--ha-sync={PinOf(nodes!.Nodes[1 - index])}"],
        });
        await lab.StartAsync();
        return lab;
    }

    /// <summary>The node that serves, when the other one is ready to.</summary>
    private static async Task<(ScenarioNode Master, ScenarioNode Backup)> RolesAsync(ScenarioLab lab)
    {
        ScenarioNode? master = null;
        await Scenario.WaitUntilAsync(async () =>
        {
            var texts = await Task.WhenAll(lab.Nodes.Select(static node => node.SendAsync(HttpMethod.Get, "/loxi/v1/ha")));
            var states = texts.Select(static answer =>
            {
                using var document = JsonDocument.Parse(answer.Text);
                var group = document.RootElement.GetProperty("groups").EnumerateArray().FirstOrDefault();
                return group.ValueKind == JsonValueKind.Undefined ? "" : $"{group.GetProperty("role").GetString()} {group.GetProperty("readiness").GetString()}";
            }).ToArray();
            master = states.Order(StringComparer.Ordinal).SequenceEqual(["backup ready", "master ready"]) ? lab.Nodes[Array.IndexOf(states, "master ready")] : null;
            return (master is not null, string.Join(", ", states));
        }, Patience);
        return (master!, lab.Nodes[1 - master!.Index]);
    }

    /// <summary>The states of associations of SCTP.</summary>
    private static IEnumerable<string> AssociationsOf(string text)
    {
        using var answer = JsonDocument.Parse(text);
        return [.. answer.RootElement.GetProperty("connections").EnumerateArray().Where(static c => c.GetProperty("protocol").GetString() == "sctp").Select(static c => c.GetProperty("state").GetString()!)];
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
