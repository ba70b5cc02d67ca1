using System.CommandLine;
using System.Globalization;
using Loxi.Api.V1;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get ha</c>: who serves, since when, why, and what a failover would lose; <c>ha pin</c> and <c>ha unpin</c>.</summary>
internal static class HaCommands
{
    private const string Compare = "--compare";

    private static readonly Dictionary<string, string> Sources = new(StringComparer.Ordinal)
    {
        ["none"] = "Nobody decides roles: the node is alone, or every node announces.",
        ["external"] = "A controller decides roles.",
        ["peers"] = "The nodes decide roles.",
    };

    public static Command Get(CommandRunner runner)
    {
        var history = Arguments.OptionFactory.Flag("--history", "The last changes of role of each VIP group, and why, instead of what is now.");
        var command = new Command("ha", "Show who serves the addresses that nodes share, since when and why.") { history };
        new OutputOptions().Attach(command, runner, async (session, parse, view, cancellationToken) =>
        {
            var status = await session.Client.GetHaAsync(cancellationToken);
            if (view.TryWriteDocument())
            {
                return;
            }

            if (parse.GetValue(history))
            {
                ShowHistory(status, view.Screen);
                return;
            }

            ShowNode(status, view);
            ShowAlarms(status, view.Screen);
            ShowGroups(status, view);
            if (view.IsWide)
            {
                ShowAddresses(status, view.Screen);
            }

            ShowPeers(status, view);
            HaSyncTable.ShowPeers(status, view);
        });
        return command;
    }

    public static Command Manage(CommandRunner runner, GlobalOptions options) => new("ha", "Check nodes that share addresses, and change what this one may serve.")
    {
        Check(runner),
        Pin(runner, "pin", "Keep the node a backup in a VIP group, over restarts too. A master hands the role to another node that is ready.", "pinned", static (client, group, token) => client.PinHaAsync(group, token)),
        Pin(runner, "unpin", "Let the node serve a VIP group again. It takes the role from nobody.", "unpinned", static (client, group, token) => client.UnpinHaAsync(group, token)),
        HaMoveCommands.SwitchOver(runner),
        HaMoveCommands.Drain(runner),
        HaMoveCommands.Resume(runner),
        HaPeerCommands.Create(runner),
        HaKeysCommand.Create(runner),
        HaPairCommand.Create(runner, options),
    };

    private static Command Check(CommandRunner runner)
    {
        var command = new Command("check", $"Say what stands against a failover, as this node sees it: paths, keys, clocks, MTU, rp_filter, services, addresses, gateways, alarms; each with what is expected and how to mend it. Exit code {ExitCode.Refused} when anything does.");
        var compare = Arguments.OptionFactory.Text(Compare, "url", "The API of another node: services and pools in which the two differ are named.");
        command.Add(compare);
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var status = await session.Client.GetHaAsync(cancellationToken);
            var host = await session.Client.CheckHaAsync(cancellationToken);
            IReadOnlyList<HaFinding> findings = [.. HaFindings.Of(status), .. host.Findings ?? [], .. await DifferencesAsync(session, parse.GetValue(compare), parse, cancellationToken)];
            foreach (var finding in findings)
            {
                await runner.Environment.Output.WriteLineAsync(SafeText.Of($"{finding.Subject}: {finding.Found}; expected {finding.Expected}. {finding.Remedy}"));
            }

            if (findings.Count != 0)
            {
                throw new CliException(ExitCode.Refused, $"{findings.Count.ToString(CultureInfo.InvariantCulture)} of the checks failed");
            }

            await runner.Environment.Output.WriteLineAsync("nothing stands against a failover");
        });
        return command;

        async Task<IReadOnlyList<HaFinding>> DifferencesAsync(NodeSession session, string? other, ParseResult parse, CancellationToken cancellationToken)
        {
            if (other is null)
            {
                return [];
            }

            var address = GlobalOptions.Address(Compare, other);
            var (services, pools) = await HaDifferences.ReadAsync(session.Client, cancellationToken);
            var (others, otherPools) = await runner.AskAsync(parse, address, there => HaDifferences.ReadAsync(there.Client, cancellationToken));
            return [.. HaDifferences.Compare("service", services, others, address), .. HaDifferences.Compare("pool", pools, otherPools, address)];
        }
    }

    private static Command Pin(CommandRunner runner, string name, string description, string done, Func<Api.Client.LoxiClient, string, CancellationToken, Task<bool>> change)
    {
        var group = BfdOptions.Instance();
        var command = new Command(name, description) { group };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var one = parse.GetValue(group) ?? Core.Services.VipGroups.Default;
            if (!await change(session.Client, one, cancellationToken))
            {
                throw new CliException(ExitCode.NotFound, $"no VIP group '{one}' that nodes decide about");
            }

            await runner.Environment.Output.WriteLineAsync($"ha {one} {done}");
        });
        return command;
    }

    private static void ShowNode(HaStatus status, View view)
    {
        view.Screen.WriteLine(Sources.GetValueOrDefault(status.Source, status.Source));
        if (status.Drained)
        {
            view.Screen.WriteLine("The node is drained: it takes no role while another node is heard, until 'ha resume'.");
        }

        if (status.WouldLose is { } lost)
        {
            view.Screen.WriteLine($"A failover now would lose {lost}.");
        }
        else if (status.Sync is not null)
        {
            view.Screen.WriteLine("A failover now would lose no established connection that this node knows of.");
        }

        HaSyncTable.ShowNode(status, view);
    }

    private static void ShowAlarms(HaStatus status, Screen screen)
    {
        if (status.Alarms is not { Count: > 0 } alarms)
        {
            return;
        }

        var table = screen.Table("ALARM", "GROUP", "NODE#", "ADDRESS", "SINCE", "COUNT#", "WHAT");
        foreach (var alarm in alarms)
        {
            Screen.AddRow(table, alarm.Name, alarm.Group, alarm.Node, alarm.Address, Time(alarm.Since), alarm.Count, alarm.Text);
        }

        screen.Write(table);
    }

    private static void ShowGroups(HaStatus status, View view)
    {
        if (status.Groups.Count == 0)
        {
            return;
        }

        var table = view.Screen.Table(view.IsWide
            ? ["GROUP", "ROLE", "SINCE", "CAUSE", "MASTER", "TERM#", "READINESS", "HEALTH#", "PINNED", "FORWARDS#", "ANSWERS#"]
            : ["GROUP", "ROLE", "SINCE", "CAUSE", "MASTER", "READINESS"]);
        foreach (var g in status.Groups)
        {
            var master = g.Master is { } node ? node == status.Node ? "this node" : $"node {node.ToString(CultureInfo.InvariantCulture)}" : null;
            object?[] usual = [g.Name, g.Role, g.Since is { } since ? Time(since) : null, g.Cause, master];
            Screen.AddRow(table, view.IsWide ? [.. usual, g.Term, g.Readiness, g.Health, g.Pinned ? "yes" : null, Milliseconds(g.AliveFor), Milliseconds(g.AnswersFor)] : [.. usual, g.Readiness]);
        }

        view.Screen.Write(table);
    }

    private static void ShowAddresses(HaStatus status, Screen screen)
    {
        if (status.Groups.All(static g => g.Addresses.Count == 0))
        {
            return;
        }

        var table = screen.Table("ADDRESS", "GROUP", "CONDITION", "ANNOUNCED ON", "CONFLICTS#", "CLAIMED BY", "PROBLEM");
        foreach (var (group, address) in status.Groups.SelectMany(static g => g.Addresses.Select(a => (g, a))))
        {
            Screen.AddRow(table, address.Address, group.Name, address.Condition, address.Interfaces.Count == 0 ? null : string.Join(',', address.Interfaces), address.Conflicts, address.ClaimedBy, address.Problem);
        }

        screen.Write(table);
    }

    private static void ShowPeers(HaStatus status, View view)
    {
        if (status.Peers.Count == 0)
        {
            return;
        }

        var table = view.Screen.Table(view.IsWide
            ? ["NODE", "HEARD", "AUTHENTICATED", "PATH", "LOCAL", "INTERFACE", "LAST#", "ROUND TRIP#", "RECEIVED#", "SENT#", "DISCARDED#", "PROBLEM"]
            : ["NODE", "HEARD", "PATH", "LAST#", "PROBLEM"]);
        foreach (var (peer, path) in status.Peers.SelectMany(static p => p.Paths.Select(path => (p, path))))
        {
            var heard = peer.Heard ? "yes" : "no";
            Screen.AddRow(table, view.IsWide
                ? [peer.Node, heard, peer.Authenticated ? "yes" : "no", path.Address, path.Local, path.Interface, Milliseconds(path.HeardAgo), path.RoundTrip is { } time ? Milliseconds(time / 1000m) : null, path.Received, path.Sent, path.Discarded, path.Problem]
                : [peer.Node, heard, path.Address, Milliseconds(path.HeardAgo), path.Problem]);
        }

        view.Screen.Write(table);
    }

    private static void ShowHistory(HaStatus status, Screen screen)
    {
        var table = screen.Table("TIME", "GROUP", "FROM", "TO", "CAUSE", "TERM#", "NODE");
        foreach (var (group, change) in status.Groups.SelectMany(static g => g.Transitions.Select(t => (g, t))).OrderBy(static pair => pair.t.Time))
        {
            Screen.AddRow(table, Time(change.Time), group.Name, change.From, change.To, change.Cause, change.Term, change.Peer);
        }

        screen.Write(table);
    }

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    internal static string? Milliseconds(decimal? milliseconds) => milliseconds is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number:0.###}ms") : null;
}
