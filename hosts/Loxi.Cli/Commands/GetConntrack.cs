using System.CommandLine;
using System.Globalization;
using Loxi.Api.V1;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get conntrack</c>: one line for each connection, both directions in one.</summary>
internal sealed class GetConntrack(CommandRunner runner)
{
    private const int DefaultLimit = 10_000;
    private readonly ConnectionFilterOptions _filter = new();
    private readonly CompareConntrack _compare = new(runner);
    private readonly Option<bool> _count = OptionFactory.Flag("--count", "Only how many there are.");
    private readonly Option<long?> _limit = OptionFactory.Number("--limit", "count", "How many to show at most. Default: 10000, with --compare 10 of each kind.", 1, 1_000_000);

    public static Command Create(CommandRunner runner)
    {
        var self = new GetConntrack(runner);
        var command = new Command("conntrack", "Show connections.");
        command.Aliases.Add("ct");
        self._filter.AddTo(command);
        command.Add(self._count);
        command.Add(self._limit);
        command.Add(self._compare.Option);
        new OutputOptions().Attach(command, runner, self.ShowAsync);
        return command;
    }

    private async Task ShowAsync(NodeSession session, ParseResult parse, View view, CancellationToken cancellationToken)
    {
        var filter = _filter.Read(parse);
        if (await _compare.TryShowAsync(session, parse, view, filter, parse.GetValue(_count), parse.GetValue(_limit), cancellationToken))
        {
            return;
        }

        if (parse.GetValue(_count))
        {
            var count = await session.Client.CountConnectionsAsync(filter, cancellationToken);
            if (!view.TryWriteDocument())
            {
                view.Screen.WriteLine(count.ToString(CultureInfo.InvariantCulture));
            }

            return;
        }

        var limit = (int)(parse.GetValue(_limit) ?? DefaultLimit);
        var list = await session.Client.ListConnectionsAsync(filter, limit, cancellationToken);
        if (!view.TryWriteDocument())
        {
            Show(list.Connections, view);
        }

        if (list.Truncated)
        {
            view.Note($"there are more than {limit} connections: narrow them down, raise --limit, or count them with --count");
        }
    }

    private static void Show(IEnumerable<Connection> connections, View view)
    {
        var table = view.Screen.Table(view.IsWide
            ? ["PROTO", "CLIENT", "EXTERNAL", "MODE", "SOURCE", "ENDPOINT", "STATE", "SERVICE", "IDLE#", "PACKETS OUT#", "BYTES OUT#", "PACKETS BACK#", "BYTES BACK#"]
            : ["PROTO", "CLIENT", "EXTERNAL", "MODE", "SOURCE", "ENDPOINT", "STATE", "SERVICE", "IDLE#"]);
        foreach (var c in connections)
        {
            object?[] usual =
            [
                c.Protocol, ServiceNames.At(c.ClientIP, c.ClientPort), ServiceNames.At(c.ExternalIP, c.ExternalPort), c.Mode, SourceOf(c), ServiceNames.At(c.EndpointIP, c.EndpointPort),
                c.State, c.Service, c.IdleSeconds.ToString("0.0", CultureInfo.InvariantCulture) + "s",
            ];
            Screen.AddRow(table, view.IsWide ? [.. usual, c.PacketsToEndpoint, c.BytesToEndpoint, c.PacketsToClient, c.BytesToClient] : usual);
        }

        view.Screen.Write(table);
    }

    /// <summary>What the endpoint sees in place of the client; nothing where it sees the client as it is.</summary>
    private static string SourceOf(Connection connection)
    {
        // A node of an earlier version does not say the address: it never rewrites it.
        var address = connection.SourceIP.Length == 0 ? connection.ClientIP : connection.SourceIP;
        return address == connection.ClientIP && connection.RewrittenClientPort == connection.ClientPort ? "" : ServiceNames.At(address, connection.RewrittenClientPort);
    }
}
