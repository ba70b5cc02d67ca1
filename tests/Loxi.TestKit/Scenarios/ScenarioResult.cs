using System.Globalization;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Traffic;

namespace Loxi.TestKit.Scenarios;

/// <summary>What a fault did. Times of events are since the fault; null: it did not happen.</summary>
public sealed record ScenarioResult
{
    private const string Master = "MASTER";

    public required ScenarioKind Kind { get; init; }

    public required string Fault { get; init; }

    /// <summary>The node that it happened to.</summary>
    public required string Victim { get; init; }

    public required string Survivor { get; init; }

    /// <summary>When it happened, by <see cref="LabClock"/>.</summary>
    public required TimeSpan FaultMoment { get; init; }

    /// <summary>When its end began.</summary>
    public required TimeSpan EndMoment { get; init; }

    /// <summary>The controller took the victim for dead.</summary>
    public required TimeSpan? Dead { get; init; }

    /// <summary>The controller told the survivor to be master.</summary>
    public required TimeSpan? Posted { get; init; }

    /// <summary>The survivor took the role, by its own clock; null where connections are not kept alike.</summary>
    public TimeSpan? Detected { get; init; }

    /// <summary>Entries of the victim that the survivor lacked before the fault; null where connections are not kept alike.</summary>
    public TableDifference? Tables { get; init; }

    /// <summary>Entries of the survivor that the victim lacked at the end of the run; null where connections are not kept alike.</summary>
    public TableDifference? TablesAtEnd { get; init; }

    /// <summary>Datagrams of connections that are kept alike, from the fault to its end; null where they are not.</summary>
    public OwnerTimeline? Flows { get; init; }

    public OwnerTimeline? FlowsAtReturn { get; init; }

    /// <summary>HTTP keep-alive requests that ended with a RST.</summary>
    public long HttpReset { get; init; }

    /// <summary>The survivor showed itself as master.</summary>
    public required TimeSpan? Promoted { get; init; }

    /// <summary>T: the survivor's first announcement of the VIP on the segment; behind a router the first datagram that came by it; null with ECMP.</summary>
    public required TimeSpan? Announced { get; init; }

    /// <summary>Attempts from the fault to its end; <see cref="OwnerTimeline.LongestSilence"/> is Lnew.</summary>
    public required OwnerTimeline NewConnections { get; init; }

    public required OwnerTimeline NewConnectionsAtReturn { get; init; }

    /// <summary>Who carried datagrams from the fault to its end.</summary>
    public required OwnerTimeline Datagrams { get; init; }

    public required OwnerTimeline DatagramsAtReturn { get; init; }

    /// <summary>Who answered for the VIP on the segment from the fault to its end; null behind a router.</summary>
    public required OwnerTimeline? Owners { get; init; }

    /// <summary>D, from the fault to the end of the run; with ECMP it says nothing.</summary>
    public required TimeSpan Shared { get; init; }

    /// <summary>The longest time in which the long transfer stood still.</summary>
    public required TimeSpan Transfer { get; init; }

    /// <summary>How the transfer's connection ended; null when it lived on.</summary>
    public required ErrorKind? TransferEnd { get; init; }

    public required KeptReport Kept { get; init; }

    public required long HttpAnswered { get; init; }

    public required long HttpFailed { get; init; }

    /// <summary>Announcements of the VIP on the segment since the fault.</summary>
    public required IReadOnlyList<Announcement> Announcements { get; init; }

    public required IReadOnlyList<RoleChange> Roles { get; init; }

    /// <summary>Lnew.</summary>
    public TimeSpan LongestGap => NewConnections.LongestSilence;

    /// <summary>Z: the time in which nobody answered for the VIP; behind a router in which no datagram came back.</summary>
    public TimeSpan Silent => (Owners ?? Datagrams).Silent;

    /// <summary>The fault's last lost attempt was over.</summary>
    public TimeSpan? Over => NewConnections.Spans.LastOrDefault(static span => span.Owners is { Count: 0 })?.To - FaultMoment;

    /// <summary>Role changes after the fault until the end of the run, those to and from "does not answer" left out.</summary>
    public int Transitions => Roles.GroupBy(static change => change.Node)
        .Sum(node => node.Where(static change => change.Role is not null).Aggregate((Last: (string?)null, Count: 0), (sum, change) => (
            change.Role,
            sum.Count + (sum.Last is not null && sum.Last != change.Role && change.Moment >= FaultMoment ? 1 : 0))).Count);

    /// <summary>
    /// X as invariant I13 counts it: how often since the fault a node became the one that serves, or ceased to be. A node that listens first (R1, R6) shows itself without a
    /// role before it is a backup: then it serves as little as before.
    /// </summary>
    public int MasterChanges => Roles.Where(static change => change.Role is not null).GroupBy(static change => change.Node)
        .Sum(node => node.Zip(node.Skip(1)).Count(pair => pair.Second.Moment >= FaultMoment && pair.First.Role == Master != (pair.Second.Role == Master)));

    /// <summary>The table that a scenario ends with.</summary>
    public override string ToString()
    {
        List<(string What, string Value)> rows =
        [
            ("fault", $"{Fault}: {Victim}; {Survivor} stays"),
            ("noticed by the controller", Text(Dead)),
            ("posted to the survivor", Text(Posted)),
            ("survivor is master", Text(Promoted)),
            (Owners is not null ? "announced by the survivor (T)" : "first datagram by the survivor", Text(Announced)),
            ("last new connection lost", Text(Over)),
            ("longest gap, new connections (Lnew)", Text(LongestGap)),
            ("longest gap, datagrams", Text(Datagrams.LongestSilence)),
            ("longest gap, transfer", $"{Text(Transfer)}, {(TransferEnd is { } end ? $"then {end}" : "lived on")}"),
            ("nobody answers (Z)", Text(Silent)),
            ("two answer (D)", Kind == ScenarioKind.ActiveActiveBgp ? "both do" : Text(Shared)),
            ("kept connections (P)", Kept.ToString()),
            ("HTTP keep-alive requests", string.Create(CultureInfo.InvariantCulture, $"{HttpAnswered} answered, {HttpFailed} failed")),
            ("longest gap at the return", $"{Text(NewConnectionsAtReturn.LongestSilence)} new connections, {Text(DatagramsAtReturn.LongestSilence)} datagrams"),
            ("changes of who serves (X)", string.Create(CultureInfo.InvariantCulture, $"{MasterChanges}; role changes: {Transitions}")),
        ];
        if (Tables is not null)
        {
            AddSyncRows(rows);
        }

        // The machine was too busy to look: what happened then is in no row.
        if (NewConnections.Unknown + Datagrams.Unknown is { TotalMilliseconds: > 50 } unknown)
        {
            rows.Add(("probers stood still for", Text(unknown)));
        }

        foreach (var node in new[] { Victim, Survivor }.Order(StringComparer.Ordinal))
        {
            var history = Roles.Where(change => change.Node == node).Select(change
                => string.Create(CultureInfo.InvariantCulture, $"{change.Role ?? "no answer"} {(change.Moment - FaultMoment).TotalSeconds:+0.00;-0.00} s"));
            rows.Add(($"roles of {node}", string.Join(", ", history)));
        }

        var width = rows.Max(static row => row.What.Length) + 2;
        return string.Join('\n', rows.Select(row => row.What.PadRight(width) + row.Value));
    }

    private void AddSyncRows(List<(string What, string Value)> rows)
    {
        var resets = Kept.Reset + HttpReset + (TransferEnd == ErrorKind.Reset ? 1 : 0);
        rows.AddRange([
            ("detected: survivor took the role", Text(Detected)),
            ("kept of those established >= 200 ms", string.Create(CultureInfo.InvariantCulture, $"{Kept.Share:P2}; lost: {Kept.Opened - Kept.Alive}; younger: {Kept.YoungAlive} of {Kept.Young} kept")),
            ("resets that clients saw", resets.ToString(CultureInfo.InvariantCulture)),
            ("longest gap, synchronised datagrams", $"{Text(Flows?.LongestSilence)}; at the return {Text(FlowsAtReturn?.LongestSilence)}"),
            ("kernel maps before the fault", $"{Tables}"),
            ("kernel maps at the end", $"{TablesAtEnd}"),
        ]);
    }

    private static string Text(TimeSpan? time) => time is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:f0} ms") : "-";
}
