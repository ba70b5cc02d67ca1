using System.CommandLine;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;

namespace Loxi.Cli.Output;

/// <summary>The options of every <c>get</c> command, and what they do: show once, or again and again.</summary>
internal sealed class OutputOptions
{
    private static readonly TimeSpan GreatestInterval = TimeSpan.FromHours(1);

    private readonly Option<long?> _format = OptionFactory.Word("--output", "How to show it: table, wide (every column), json (as on the wire) or yaml. Default: table.", new NumberNames("table", "wide", "json", "yaml"));

    private readonly Option<bool> _watch = OptionFactory.Flag("--watch", "Show it again and again until interrupted.", "-w");

    private readonly Option<TimeSpan?> _interval = OptionFactory.Single<TimeSpan?>(
        "--interval", "seconds", "Time between two looks of --watch. Default: 1.", "seconds, at least 0.1 and at most 3600", ReadInterval);

    public OutputOptions() => _format.Aliases.Add("-o");

    /// <summary>Makes a command show what <paramref name="show"/> reads.</summary>
    public void Attach(Command command, CommandRunner runner, Func<NodeSession, ParseResult, View, CancellationToken, Task> show)
    {
        command.Add(_format);
        command.Add(_watch);
        command.Add(_interval);
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var view = new View(session, runner.Environment, (OutputFormat)(parse.GetValue(_format) ?? 0));
            await show(session, parse, view, cancellationToken);
            while (parse.GetValue(_watch))
            {
                await Task.Delay(parse.GetValue(_interval) ?? TimeSpan.FromSeconds(1), runner.Environment.Time, cancellationToken);
                view.Screen.StartOver();
                await show(session, parse, view, cancellationToken);
            }
        });
    }

    public static bool ReadInterval(string text, out TimeSpan? value) =>
        GlobalOptions.ReadSeconds(text, GreatestInterval, out value) && value >= TimeSpan.FromSeconds(0.1);
}
