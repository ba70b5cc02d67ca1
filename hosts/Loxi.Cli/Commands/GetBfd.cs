using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get bfd</c>.</summary>
internal sealed class GetBfd
{
    private static readonly byte[] NoSessions = "{\"Attr\":[]}"u8.ToArray();

    private readonly Argument<IPAddress?> _peer = OptionFactory.AddressArgument("remote-ip", "Only sessions with this peer.", ArgumentArity.ZeroOrOne);
    private readonly Option<bool> _history = OptionFactory.Flag("--history", "The last changes of state of each session, and why, instead of the sessions.");

    public static Command Create(CommandRunner runner)
    {
        var self = new GetBfd();
        var command = new Command("bfd", "Show BFD sessions and whether they are up.") { self._peer, self._history };
        command.Aliases.Add("bfd-session");
        new OutputOptions().Attach(command, runner, self.ShowAsync);
        return command;
    }

    private async Task ShowAsync(NodeSession session, ParseResult parse, View view, CancellationToken cancellationToken)
    {
        var peer = parse.GetValue(_peer);
        var all = await session.Client.ListBfdSessionsAsync(cancellationToken);
        bool Matches(string? address) => peer is null || (AddressText.TryParse(address, out var remote) && remote.Equals(peer));
        var sessions = all.Where(s => Matches(s.RemoteIP)).ToList();
        if (sessions.Count == 0 && peer is not null)
        {
            throw new CliException(ExitCode.NotFound, $"no BFD session with {peer}");
        }

        // A node that never had a session says so by an error.
        var body = all.Count == 0 ? NoSessions : session.LastBody;
        if (view.TryWriteDocument(body, element => Matches(element.TryGetProperty("remoteIp", out var remote) ? remote.GetString() : null)))
        {
            return;
        }

        if (parse.GetValue(_history))
        {
            ShowHistory(sessions, view.Screen);
        }
        else
        {
            Show(sessions, view);
        }
    }

    private static void Show(IEnumerable<BfdEntry> sessions, View view)
    {
        var table = view.Screen.Table(view.IsWide
            ? ["REMOTE IP", "SOURCE IP", "STATE", "SINCE", "INTERVAL#", "RETRIES#", "DETECTION#", "DIAGNOSTIC", "INSTANCE", "PORT#", "MIN TTL#", "INTERFACE", "AUTH", "ORIGIN", "SENDS EACH#", "MIN RX#", "ECHO#",
               "REMOTE STATE", "REMOTE DIAGNOSTIC", "REMOTE INTERVAL#", "REMOTE MIN RX#", "REMOTE RETRIES#", "RECEIVED#", "SENT#", "DISCARDED#", "CHANGES#", "LATE#", "PROBLEM"]
            : ["REMOTE IP", "SOURCE IP", "STATE", "SINCE", "INTERVAL#", "RETRIES#", "DETECTION#", "DIAGNOSTIC"]);
        foreach (var s in sessions)
        {
            object?[] usual =
            [
                s.RemoteIP, s.SourceIP, StateOf(s.State), s.UpSince is { } since ? Time(since) : null, Milliseconds(s.Interval), s.RetryCount, Milliseconds(s.DetectionTime), s.Problem ?? s.Diagnostic,
            ];
            Screen.AddRow(table, view.IsWide
                ? [.. usual[..^1], s.Diagnostic, s.Instance, s.Port, s.MinTtl, s.Interface, AuthenticationOf(s.Authentication), s.Origin, Milliseconds(s.TransmitInterval), Milliseconds(s.MinRx), Milliseconds(s.Echo?.Interval ?? 0),
                   StateOf(s.Remote?.State), s.Remote?.Diagnostic, Milliseconds(s.Remote?.Interval ?? 0), Milliseconds(s.Remote?.MinRx ?? 0), s.Remote?.RetryCount,
                   s.Counters?.Received, s.Counters?.Sent, DiscardsOf(s.Discards), s.Counters?.Transitions, s.Counters?.Late, s.Problem]
                : usual);
        }

        view.Screen.Write(table);
    }

    private static void ShowHistory(IEnumerable<BfdEntry> sessions, Screen screen)
    {
        var table = screen.Table("TIME", "REMOTE IP", "FROM", "TO", "CAUSE", "DIAGNOSTIC", "REMOTE STATE", "REMOTE DIAGNOSTIC", "LATE BY#");
        foreach (var (session, change) in sessions.SelectMany(static s => (s.Transitions ?? []).Select(t => (s, t))).OrderBy(static pair => pair.t.Time))
        {
            Screen.AddRow(
                table,
                [Time(change.Time), session.RemoteIP, StateOf(change.From), StateOf(change.To), change.Cause, change.Diagnostic, StateOf(change.RemoteState), change.RemoteDiagnostic, Milliseconds(change.LateBy)]);
        }

        screen.Write(table);
    }

    /// <summary><c>BFDUp</c> is loxilb's word for up.</summary>
    private static string? StateOf(string? state) => state is ['B', 'F', 'D', .. var word] ? word.ToLowerInvariant() : state;

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string? Milliseconds(long microseconds) => microseconds == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000m:0.###}ms");

    private static string? AuthenticationOf(BfdAuthenticationArguments? authentication) => authentication is null ? null
        : string.Create(CultureInfo.InvariantCulture, $"{authentication.Type} {string.Join(',', (authentication.Keys ?? []).Select(static k => k?.Id))}");

    private static string DiscardsOf(IReadOnlyList<BfdDiscardCounter>? discards) =>
        discards is null ? "0" : string.Join(',', discards.Select(static d => string.Create(CultureInfo.InvariantCulture, $"{d.Reason}:{d.Packets}")));
}
