using System.Globalization;
using Loxi.Api.V1;
using Loxi.Cli.Output;

namespace Loxi.Cli.Commands;

/// <summary>What <c>get ha</c> shows of connections that nodes keep alike.</summary>
internal static class HaSyncTable
{
    /// <summary>Whether this node has what the others had, in a line or two.</summary>
    public static void ShowNode(HaStatus status, View view)
    {
        if (status.Sync is not { } sync)
        {
            return;
        }

        var parked = sync.Parked == 0 ? "" : Text($", {sync.Parked} of them not in its table: it lacks their service, or is full");
        view.Screen.WriteLine(Text($"This node knows {sync.Entries} connections{parked}; it is {(sync.Ready ? "ready to take over" : $"not ready to take over: {sync.Problem}")}."));
        if (sync.LastRefusal is { } refusal)
        {
            view.Screen.WriteLine(Text($"The last connection of a stranger was refused at {HaCommands.Time(refusal.Time)}: {refusal.Text} ({refusal.Remote}, {refusal.Reason})."));
        }

        if (view.IsWide)
        {
            view.Screen.WriteLine(Text($"Its pin is {sync.Pin}; {sync.Refusals} connections were refused or not made."));
        }
    }

    /// <summary>A line for each other node.</summary>
    public static void ShowPeers(HaStatus status, View view)
    {
        if (status.Peers.All(static p => p.Sync is null))
        {
            return;
        }

        var table = view.Screen.Table(view.IsWide
            ? ["NODE", "SYNC", "LIVE", "BULK", "REMOTE", "LAG#", "LAST LAG#", "BACKLOG#", "MISSING#", "OWED#", "AWAITED#", "SENT#", "RECEIVED#", "RESENT#", "LAST REFUSAL", "PROBLEM"]
            : ["NODE", "SYNC", "LAG#", "BACKLOG#", "MISSING#", "PROBLEM"]);
        foreach (var (node, sync) in status.Peers.Where(static p => p.Sync is not null).Select(static p => (p.Node, p.Sync!)))
        {
            Screen.AddRow(table, view.IsWide
                ?
                [
                    node, sync.State, sync.Live ? "yes" : "no", sync.Bulk ? "yes" : "no", sync.Remote, HaCommands.Milliseconds(sync.Lag / 1000m), HaCommands.Milliseconds(sync.LastLag / 1000m), sync.Backlog, sync.Missing,
                    sync.PartsOwed, sync.PartsAwaited, sync.Sent, sync.Received, sync.Resent, sync.LastRefusal is { } last ? $"{HaCommands.Time(last.Time)} {last.Reason}" : null, sync.Problem,
                ]
                : [node, sync.State, HaCommands.Milliseconds(sync.Lag / 1000m), sync.Backlog, sync.Missing, sync.Problem]);
        }

        view.Screen.Write(table);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
