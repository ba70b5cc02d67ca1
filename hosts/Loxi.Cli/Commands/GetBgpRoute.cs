using System.CommandLine;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Api.V1;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get bgproute</c>.</summary>
internal sealed class GetBgpRoute
{
    private const int DefaultLimit = 1_000;
    private static readonly string[] Kinds = ["in", "rejected", "best", "out"];

    private readonly Option<string?> _kind = OptionFactory.Single<string?>(
        "--kind", string.Join('|', Kinds), "in: of peers and used; rejected: of peers and not used, and why; best: the best of each prefix; out: sent to peers. Default: best.",
        "one of " + string.Join(", ", Kinds), static (string text, out string? value) => Kinds.Contains(value = text));

    private readonly Option<IPAddress?> _peer = OptionFactory.Address("--peer", "Only routes from, or to, this peer.");

    private readonly Option<string?> _interface = OptionFactory.Text("--interface", "name", "Interface of a link-local peer.");

    private readonly Option<IPNetwork?> _prefix = OptionFactory.Single<IPNetwork?>(
        "--prefix", "prefix", "Only prefixes within this one.", PrefixText.Expected, static (string text, out IPNetwork? value) =>
        {
            var found = PrefixText.TryParse(text, out var network);
            value = network;
            return found;
        });

    private readonly Option<long?> _limit = OptionFactory.Number("--limit", "count", "How many to show at most. Default: 1000.", 1, 100_000);

    public static Command Create(CommandRunner runner)
    {
        var self = new GetBgpRoute();
        var command = new Command("bgproute", "Show BGP routes.") { self._kind, self._peer, self._interface, self._prefix, self._limit };
        command.Aliases.Add("bgproutes");
        new OutputOptions().Attach(command, runner, self.ShowAsync);
        return command;
    }

    private async Task ShowAsync(NodeSession session, ParseResult parse, View view, CancellationToken cancellationToken)
    {
        var limit = (int)(parse.GetValue(_limit) ?? DefaultLimit);
        var page = await session.Client.ListBgpRoutesAsync(parse.GetValue(_kind) ?? "best", parse.GetValue(_peer), parse.GetValue(_prefix), limit, interfaceName: parse.GetValue(_interface), cancellationToken: cancellationToken);
        if (!view.TryWriteDocument())
        {
            Show(page.Routes, view);
        }

        if (page.Next is not null)
        {
            view.Note($"there are more than {limit} routes: narrow them down with --peer and --prefix, or raise --limit");
        }
    }

    private static void Show(IEnumerable<BgpRouteEntry> routes, View view)
    {
        var table = view.Screen.Table(view.IsWide
            ? ["PREFIX", "", "PEER", "NEXT HOP", "AS PATH", "MED#", "LOCAL PREF#", "COMMUNITIES", "REJECTED", "ORIGIN", "PATH ID#", "EXTENDED COMMUNITIES", "LARGE COMMUNITIES"]
            : ["PREFIX", "", "PEER", "NEXT HOP", "AS PATH", "MED#", "LOCAL PREF#", "COMMUNITIES", "REJECTED"]);
        foreach (var r in routes)
        {
            object?[] usual = [r.Prefix, Marks(r), r.Peer ?? "self", r.NextHop ?? "self", r.AsPath, r.Med, r.LocalPreference, string.Join(' ', r.Communities ?? []), r.Rejection];
            Screen.AddRow(table, view.IsWide ? [.. usual, r.Origin, r.PathId, string.Join(' ', r.ExtendedCommunities ?? []), string.Join(' ', r.LargeCommunities ?? [])] : usual);
        }

        view.Screen.Write(table);
    }

    /// <summary>As routers show it: best, multipath, stale.</summary>
    private static string Marks(BgpRouteEntry route) => (route.Best ? ">" : "") + (route.Multipath ? "=" : "") + (route.Stale ? "S" : "");
}
