using System.CommandLine;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get version</c>: the node's.</summary>
internal static class GetVersion
{
    public static Command Create(CommandRunner runner)
    {
        var command = new Command("version", "Show the node's version.");
        command.Aliases.Add("lbversion");
        new OutputOptions().Attach(command, runner, ShowAsync);
        return command;
    }

    private static async Task ShowAsync(NodeSession session, ParseResult parse, View view, CancellationToken cancellationToken)
    {
        var version = await session.Client.GetVersionAsync(cancellationToken);
        if (!view.TryWriteDocument())
        {
            view.Screen.WriteValues(("version", version.Version), ("build", version.BuildInfo));
        }
    }
}
