using System.CommandLine;
using System.Globalization;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get status</c>.</summary>
internal static class GetStatus
{
    public static Command Create(CommandRunner runner)
    {
        var command = new Command("status", "Show what the node is and how it is attached to its interfaces.");
        new OutputOptions().Attach(command, runner, ShowAsync);
        return command;
    }

    private static async Task ShowAsync(NodeSession session, ParseResult parse, View view, CancellationToken cancellationToken)
    {
        var status = await session.Client.GetStatusAsync(cancellationToken);
        if (view.TryWriteDocument())
        {
            return;
        }

        view.Screen.WriteValues(
            ("instance", status.Instance),
            ("version", status.Version),
            ("up", TimeSpan.FromSeconds(status.UptimeSeconds).ToString("c", CultureInfo.InvariantCulture)),
            ("adopted", status.Adopted),
            ("services", status.Services),
            ("connections", string.Create(CultureInfo.InvariantCulture, $"{status.Connections} of {status.MaxConnections}")),
            ("table layout", status.Layout),
            ("hash seed", status.HashSeed));
        if (status.Interfaces.Count == 0)
        {
            return;
        }

        view.Screen.WriteLine("");
        var table = view.Screen.Table("INTERFACE", "INDEX#", "HOOK", "REASON");
        foreach (var item in status.Interfaces)
        {
            Screen.AddRow(table, [item.Name, item.Index, item.Hook, item.Reason]);
        }

        view.Screen.Write(table);
    }
}
