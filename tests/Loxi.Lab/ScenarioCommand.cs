using System.Globalization;
using Loxi.TestKit.Controller;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Scenarios;

namespace Loxi.Lab;

/// <summary>One scenario of the guide: two real nodes, real traffic, and the death of the one that serves; ends with a table.</summary>
internal static class ScenarioCommand
{
    internal static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var number, .. var rest])
        {
            throw new UsageException("scenario: expected 1 to 5");
        }

        var kind = (ScenarioKind)CommandArguments.Integer("scenario", number, 1, 5);
        var arguments = new CommandArguments(rest, "--keep", "--seed", "--ticker", "--any-order", "--no-bfd", "--seconds", "--peers", "--ipv6", "--default", "--connections", "--node-flags");
        if (arguments.Has("--ipv6") && kind != ScenarioKind.FlatL2)
        {
            throw new UsageException($"--ipv6: expected scenario 1, there is none of scenario {number}");
        }

        var isSynced = kind is ScenarioKind.ActiveBackupSync or ScenarioKind.FastFailoverSync;
        foreach (var flag in isSynced ? ["--peers", "--ticker"] : (string[])["--default"])
        {
            if (arguments.Has(flag))
            {
                throw new UsageException($"{flag}: not in scenario {number}{(isSynced ? ", in which the nodes decide who serves" : "; expected 4 or 5")}");
            }
        }

        var decide = isSynced || arguments.Has("--peers");
        var connections = arguments.Integer("--connections", isSynced ? 10_000 : 100, 1, 15_000);
        _ = LabPrograms.Node;
        var options = new ScenarioOptions
        {
            Kind = kind,
            PeerLink = arguments.Has("--peers"),
            IPv6 = arguments.Has("--ipv6"),
            ControllerRoles = !decide,
            ServiceMode = !isSynced ? 1 : arguments.Has("--default") ? 0 : 2,
            EchoProcesses = connections > 4_000,
            Seed = arguments.Integer("--seed", 1, 0, int.MaxValue),
            Election = arguments.Has("--ticker") ? ElectionTiming.Ticker : ElectionTiming.AtOnce,
            AnyOrder = arguments.Has("--any-order"),
            RouterBfd = !arguments.Has("--no-bfd"),
            Keep = arguments.Has("--keep"),
            NodeFlags = index => [.. !arguments.Has("--peers") ? [] : arguments.Has("--ipv6") ? ScenarioLab.PeerFlagsV6(index) : ScenarioLab.PeerFlags(index), .. arguments.All("--node-flags").SelectMany(static flags => flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(flag => Fill(flag, index))],
        };
        await using var lab = await ScenarioLab.CreateAsync(options);
        Say(string.Create(CultureInfo.InvariantCulture, $"scenario {number}, lab {lab.Lab.Id}: nodes {lab.Nodes[0].Name} {lab.Nodes[0].Address} and {lab.Nodes[1].Name} {lab.Nodes[1].Address}, VIP {lab.Vip}"));
        await lab.StartAsync();
        foreach (var node in isSynced ? lab.Nodes : [])
        {
            Say($"{node.Name}: loxid {string.Join(' ', lab.GuideFlags(node.Index))}");
        }

        Say($"the controller has told the nodes everything{(lab.Controller!.Master is { } master ? $"; master is {master}" : "")}");
        if (lab.Router is { } router)
        {
            // Both next hops are in the router's table before anything dies.
            await lab.WaitForPathsAsync();
            Console.Out.WriteLine(router.Ask($"show bgp ipv4 unicast {lab.Vip}/32"));
        }

        var result = await ScenarioRun.RunAsync(
            lab,
            new ScenarioRunOptions
            {
                Connections = connections,
                Opening = isSynced ? TimeSpan.FromSeconds(1) : TimeSpan.Zero,
                After = TimeSpan.FromSeconds(arguments.Integer("--seconds", 30, 1, 3600)),
            },
            Say);
        Say("result");
        Console.Out.WriteLine(result);
        var problems = Problems(result);
        foreach (var problem in problems)
        {
            await Console.Error.WriteLineAsync($"FAILED: {problem}");
        }

        return problems.Count == 0 ? 0 : 1;
    }

    /// <summary>A flag of a node, with what differs between the two put in.</summary>
    private static string Fill(string flag, int index) => flag
        .Replace("{index}", index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{self}", ScenarioLab.NodeAddress(index), StringComparison.Ordinal)
        .Replace("{peer}", ScenarioLab.NodeAddress(1 - index), StringComparison.Ordinal);

    /// <summary>What must not be, whatever the times are.</summary>
    private static List<string> Problems(ScenarioResult result)
    {
        List<string> problems = [];
        if (result.NewConnections.Spans is not [.., { Owners.Count: > 0 }])
        {
            problems.Add($"{result.Survivor} does not serve new connections after the death of {result.Victim}");
        }

        if (result.Kind != ScenarioKind.ActiveActiveBgp && result.Promoted is null)
        {
            problems.Add($"{result.Survivor} did not become master");
        }

        if (result.Kept.Corrupt > 0 || (result.Tables is not null && result.Kept.Share < 0.999))
        {
            problems.Add(result.Kept.ToString());
        }

        foreach (var table in new[] { result.Tables, result.TablesAtEnd }.Where(static table => table is { Missing.Count: > 0 }))
        {
            problems.Add($"{table}");
        }

        return problems;
    }

    private static void Say(string text) => Console.Out.WriteLine($"== {text}");
}
