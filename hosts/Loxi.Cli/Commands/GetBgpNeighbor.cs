using System.CommandLine;
using System.Globalization;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Api.V1;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get bgpneighbor</c>: peers as loxicmd shows them; with routes and counters <c>-o wide</c>; <c>get bgpneighbor X errors</c>: why sessions ended.</summary>
internal sealed class GetBgpNeighbor
{
    private readonly Argument<IPAddress?> _peer = BgpArguments.Peer(ArgumentArity.ZeroOrOne);

    private readonly Argument<string?> _errors = new("errors")
    {
        Description = "errors: why the last sessions of the peer ended, and its malformed messages.",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = static result =>
        {
            if (result.Tokens[0].Value != "errors")
            {
                result.AddError($"'{result.Tokens[0].Value}': expected errors, or nothing");
            }

            return result.Tokens[0].Value;
        },
    };

    public static Command Create(CommandRunner runner)
    {
        var self = new GetBgpNeighbor();
        var command = new Command("bgpneighbor", "Show BGP peers and whether their sessions are up.") { self._peer, self._errors };
        Array.ForEach(BgpArguments.NeighborAliases, command.Aliases.Add);
        new OutputOptions().Attach(command, runner, self.ShowAsync);
        return command;
    }

    private Task ShowAsync(NodeSession session, ParseResult parse, View view, CancellationToken cancellationToken) =>
        parse.GetValue(_errors) is not null ? ShowErrorsAsync(session, parse.GetRequiredValue(_peer)!, view, cancellationToken)
        : view.IsWide ? ShowWideAsync(session, parse.GetValue(_peer), view, cancellationToken)
        : ShowUsualAsync(session, parse.GetValue(_peer), view, cancellationToken);

    private static async Task ShowUsualAsync(NodeSession session, IPAddress? peer, View view, CancellationToken cancellationToken)
    {
        var all = await session.Client.ListBgpNeighborsAsync(cancellationToken);
        var peers = all.Where(p => Matches(peer, p.IPAddress)).ToList();
        RequireAny(peers.Count, peer);
        if (view.TryWriteDocument(element => Matches(peer, element.TryGetProperty("ipAddress", out var address) ? address.GetString() : null)))
        {
            return;
        }

        var table = view.Screen.Table("PEER", "REMOTE AS#", "UP/DOWN", "STATE", "DESCRIPTION", "PROBLEM");
        foreach (var p in peers)
        {
            Screen.AddRow(table, [Named(p.IPAddress, p.Interface), p.RemoteAs, p.UpDownTime, p.State, p.Description, p.Problem]);
        }

        view.Screen.Write(table);
    }

    private static async Task ShowWideAsync(NodeSession session, IPAddress? peer, View view, CancellationToken cancellationToken)
    {
        var peers = (await session.Client.ListBgpPeersAsync(cancellationToken)).Where(p => Matches(peer, p.Address)).ToList();
        RequireAny(peers.Count, peer);
        var table = view.Screen.Table(
            "PEER", "REMOTE AS#", "LOCAL AS#", "STATE", "FOR", "FAMILY", "RECEIVED#", "ACCEPTED#", "ADVERTISED#", "PENDING#", "MISSING#", "STALE#", "LOCAL", "ROUTER ID", "HOLD#", "KEEPALIVE#", "CAPABILITIES",
            "MESSAGES IN#", "MESSAGES OUT#", "UPDATES IN#", "UPDATES OUT#", "ESTABLISHED#", "ATTEMPTS#", "ERRORS#", "DYNAMIC", "HELD", "LAST END");
        foreach (var p in peers)
        {
            foreach (var f in p.Families.Count == 0 ? [null] : p.Families.Cast<BgpFamilyCounts?>())
            {
                var c = p.Counters;
                Screen.AddRow(
                    table,
                    [Named(p.Address, p.Interface), p.RemoteAs, p.LocalAs, p.State, Duration(p.Seconds), f?.Family, f?.Received, f?.Accepted, f?.Advertised, f?.Pending, f?.Missing, f?.Stale,
                     p.Session?.Local, p.Session?.RouterId, p.Session?.HoldTime, p.Session?.Keepalive, string.Join(',', p.Session?.Capabilities ?? []),
                     c.MessagesReceived, c.MessagesSent, c.UpdatesReceived, c.UpdatesSent, c.Established, c.ConnectAttempts, c.AttributesDiscarded + c.TreatedAsWithdrawn, p.Dynamic, p.Held, p.LastEnd?.Text]);
            }
        }

        view.Screen.Write(table);
    }

    private static async Task ShowErrorsAsync(NodeSession session, IPAddress peer, View view, CancellationToken cancellationToken)
    {
        var found = await session.Client.GetBgpPeerAsync(peer, cancellationToken: cancellationToken) ?? throw new CliException(ExitCode.NotFound, $"no BGP peer {peer}");
        if (view.TryWriteDocument())
        {
            return;
        }

        var table = view.Screen.Table(view.IsWide
            ? ["TIME", "WHAT", "BY", "STATE", "CODE", "COUNT#", "TEXT", "OFFSET#", "PREFIXES", "MESSAGE"]
            : ["TIME", "WHAT", "BY", "STATE", "CODE", "COUNT#", "TEXT"]);
        var rows = (found.Ends ?? []).Select(static e => (e.Time, Row: (object?[])[Time(e.Time), "end", e.Remote ? "peer" : "us", e.State, CodeOf(e), e.Count, e.Text, null, null, null]))
            .Concat((found.Malformed ?? []).Select(static m => (m.Time, Row: (object?[])
                [Time(m.Time), "malformed", "peer", m.Reaction, m.Attribute is { } attribute ? string.Create(CultureInfo.InvariantCulture, $"attribute {attribute}") : null, 1, m.Text, m.Offset, string.Join(',', m.Prefixes), m.Message])));
        foreach (var (_, row) in rows.OrderBy(static r => r.Time))
        {
            Screen.AddRow(table, view.IsWide ? row : row[..7]);
        }

        view.Screen.Write(table);
    }

    private static bool Matches(IPAddress? peer, string? address) => peer is null || (AddressText.TryParse(address, out var found) && found.Equals(peer));

    private static void RequireAny(int count, IPAddress? peer)
    {
        if (count == 0 && peer is not null)
        {
            throw new CliException(ExitCode.NotFound, $"no BGP peer {peer}");
        }
    }

    private static string? Named(string? address, string? link) => link is null || address?.StartsWith("fe", StringComparison.Ordinal) != true ? address : $"{address}%{link}";

    private static string? CodeOf(BgpEnd end) => end.Code is null ? null : string.Create(CultureInfo.InvariantCulture, $"{end.Code}/{end.Subcode ?? 0}");

    private static string Duration(long seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{(time.Days == 0 ? "" : $"{time.Days}d ")}{time.Hours:00}:{time.Minutes:00}:{time.Seconds:00}");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
