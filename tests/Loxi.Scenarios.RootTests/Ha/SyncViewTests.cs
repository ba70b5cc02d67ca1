using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>What an operator sees of connections that two real nodes keep alike: the one screen, and the comparison of their kernels' tables.</summary>
public sealed class SyncViewTests
{
    private const int FullNat = 2;
    private const int Port = 8;
    private const string Nothing = "A failover now would lose no established connection that this node knows of.";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task TheScreenSaysWhatAFailoverWouldLose_AndTheComparisonWhichConnectionsThatAre()
    {
        ScenarioLab? nodes = null;
        await using var lab = nodes = await ScenarioLab.CreateAsync(new()
        {
            Kind = ScenarioKind.FlatL2,
            PeerLink = true,
            ControllerRoles = false,
            ServiceMode = FullNat,
            NodeFlags = index => [.. ScenarioLab.PeerFlags(index), $"--ha-sync={SyncTests.PinOf(nodes!.Nodes[1 - index])}"],
        });
        await lab.StartAsync();
        var master = await MasterAsync(lab);
        var backup = lab.Nodes[1 - master.Index];
        await using var kept = await OpenAsync(lab, 20);

        // All is well: both say so, and the kernels agree.
        await ShowsAsync(master, Nothing, @"^ *\d +ready +0ms +0 +0 +-");
        await ShowsAsync(backup, Nothing, "ready to take over");
        await ComparesAsync(master, backup, 0, ": 0 missing there, 0 missing here, 0 different");

        // The streams are cut, HELLO is not: nobody moves, and what is new is on one node alone.
        CutSync(master);
        await using var late = await OpenAsync(lab, 5);
        await ShowsAsync(master, "A failover now would lose (5|6) changes of established connections, which are not at node|established connections: no other node has them", null);
        await ComparesAsync(master, backup, 1, ": 5 missing there, 0 missing here, 0 different");
        await ComparesAsync(backup, master, 1, ": 0 missing there, 5 missing here, 0 different");
        await ShowsAsync(master, "A failover now would lose established connections: no other node has them", @"^ *\d +closed +\d+.*ms +5 +5 +\S+");
        await ShowsAsync(backup, "A failover now would lose what has changed of established connections of node \\d since its stream ended", null);

        HealSync(master);
        await ShowsAsync(master, Nothing, @"^ *\d +ready +0ms +0 +0 +-");
        await ComparesAsync(master, backup, 0, ": 0 missing there, 0 missing here, 0 different");

        // A process that hangs keeps its connections, and has nothing.
        backup.Pause();
        await ShowsAsync(master, "A failover now would lose established connections: no other node has them", "its process hangs");
        backup.Continue();
        await ShowsAsync(master, Nothing, null);

        // A service that the other node lacks: it knows the connections, and has them not.
        await master.PostAsync("config/loadbalancer", new
        {
            serviceArguments = new { externalIP = lab.Vip.ToString(), port = Port, protocol = "tcp", mode = FullNat },
            endpoints = new[] { new { endpointIP = ScenarioLab.EndpointAddress(0), targetPort = 7, weight = 1 } },
        });
        await using var parked = await OpenAsync(lab, 3, Port);
        await ShowsAsync(master, "A failover now would lose established connections that are not in the table of node \\d: it lacks their service", "its table lacks connections");
        await ShowsAsync(backup, "3 established connections that are not in the table of this node", null);
    }

    private static async Task<ScenarioNode> MasterAsync(ScenarioLab lab)
    {
        ScenarioNode? master = null;
        await Scenario.WaitUntilAsync(
            async () =>
            {
                var roles = await Task.WhenAll(lab.Nodes.Select(static node => node.ReadRoleAsync(TestContext.Current.CancellationToken)));
                master = roles.Order().SequenceEqual(["BACKUP", "MASTER"]) ? lab.Nodes[Array.IndexOf(roles, "MASTER")] : null;
                return (master is not null, string.Join(", ", roles));
            },
            Patience);
        return master!;
    }

    private static async Task<KeptConnections> OpenAsync(ScenarioLab lab, int count, int port = 7)
    {
        KeptConnections? kept = null;
        await Scenario.WaitUntilAsync(
            async () =>
            {
                try
                {
                    kept = await KeptConnections.OpenAsync(lab.Client, new(lab.Vip, port), count);
                    return (true, "");
                }
                catch (System.Net.Sockets.SocketException e)
                {
                    return (false, e.Message);
                }
            },
            Patience);
        return kept!;
    }

    /// <summary>Waits until the screen has a line like each.</summary>
    private static Task ShowsAsync(ScenarioNode node, string first, string? second) => Scenario.WaitUntilAsync(
        async () =>
        {
            var (code, output) = await RunAsync(node, "get", "ha");
            return (code == 0 && Has(output, first) && (second is null || Has(output, second)), $"{node.Name}, expected '{first}' and '{second}':\n{output}");
        },
        Patience);

    private static bool Has(string output, string pattern) => System.Text.RegularExpressions.Regex.IsMatch(output, pattern, System.Text.RegularExpressions.RegexOptions.Multiline);

    private static Task ComparesAsync(ScenarioNode node, ScenarioNode other, int code, string expected) => Scenario.WaitUntilAsync(
        async () =>
        {
            var compared = await RunAsync(node, "get", "conntrack", "--compare", $"http://{other.Address}:11111");
            return (compared.Code == code && compared.Output.Contains(expected, StringComparison.Ordinal), $"{node.Name}, expected {code} and '{expected}': {compared}");
        },
        Patience);

    private static async Task<(int Code, string Output)> RunAsync(ScenarioNode node, params string[] arguments)
    {
        await using var run = node.Host.Start("loxictl", LabPrograms.Cli, arguments);
        var code = await run.Completion;
        return (code, string.Join('\n', run.Lines));
    }

    private static void CutSync(ScenarioNode node)
    {
        node.Host.Exec("nft", "add table inet sync");
        foreach (var hook in new[] { "input", "output" })
        {
            node.Host.Exec("nft", $"add chain inet sync {hook} {{ type filter hook {hook} priority 0; }}");
            node.Host.Exec("nft", $"add rule inet sync {hook} tcp dport 22112 drop");
            node.Host.Exec("nft", $"add rule inet sync {hook} tcp sport 22112 drop");
        }
    }

    private static void HealSync(ScenarioNode node) => node.Host.Exec("nft", "delete table inet sync");
}
