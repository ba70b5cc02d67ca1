using System.CommandLine;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get endpoint</c>.</summary>
internal static class GetEndpoint
{
    public static Command Create(CommandRunner runner)
    {
        var command = new Command("endpoint", "Show endpoints, how they are probed and whether they are well.");
        command.Aliases.Add("ep");
        new OutputOptions().Attach(command, runner, ShowAsync);
        return command;
    }

    private static async Task ShowAsync(NodeSession session, ParseResult parse, View view, CancellationToken cancellationToken)
    {
        var endpoints = await session.Client.ListEndpointsAsync(cancellationToken);
        if (view.TryWriteDocument())
        {
            return;
        }

        var table = view.Screen.Table(view.IsWide
            ? ["HOST", "NAME", "PROBE", "PORT#", "STATE", "INTERVAL#", "RETRIES#", "REQUEST", "RESPONSE", "MIN DELAY#", "AVG DELAY#", "MAX DELAY#"]
            : ["HOST", "NAME", "PROBE", "PORT#", "STATE"]);
        foreach (var endpoint in endpoints)
        {
            object?[] usual = [endpoint.HostName, endpoint.Name, endpoint.ProbeType, endpoint.ProbePort, endpoint.State];
            Screen.AddRow(table, view.IsWide
                ? [.. usual, endpoint.ProbeDuration, endpoint.InactiveRetries, endpoint.ProbeRequest, endpoint.ProbeResponse, endpoint.MinimumDelay, endpoint.AverageDelay, endpoint.MaximumDelay]
                : usual);
        }

        view.Screen.Write(table);
    }
}
