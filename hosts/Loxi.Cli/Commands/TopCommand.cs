using System.CommandLine;
using Loxi.Cli.Arguments;
using Loxi.Cli.Live;
using Loxi.Cli.Output;
using Loxi.Cli.Session;
using Spectre.Console;

namespace Loxi.Cli.Commands;

/// <summary><c>top</c>: rates of services and endpoints, again and again.</summary>
internal sealed class TopCommand
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);

    private readonly Option<TimeSpan?> _interval = OptionFactory.Single<TimeSpan?>(
        "--interval", "seconds", "Time between two tables. Default: 1.", "seconds, at least 0.1 and at most 3600", OutputOptions.ReadInterval);

    private readonly Option<long?> _count = OptionFactory.Number("--count", "tables", "End after this many tables. Default: until interrupted.", 1, int.MaxValue, "-n");

    public static Command Create(CommandRunner runner)
    {
        var self = new TopCommand();
        var command = new Command("top", "Show the rates of services and endpoints, refreshed. Without a terminal, plain tables follow each other.") { self._interval, self._count };
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var interval = parse.GetValue(_interval) ?? DefaultInterval;
        var count = parse.GetValue(_count) ?? long.MaxValue;
        var screen = new Screen(environment);
        var sampler = new RateSampler(session.Client, environment.Time);
        try
        {
            await sampler.SampleAsync(cancellationToken);
            await (screen.IsTerminal
                ? RunLiveAsync(screen, sampler, interval, count, environment.Time, cancellationToken)
                : RunPlainAsync(screen, sampler, interval, count, environment.Time, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Interrupting is how this view is left.
        }
    }

    private static async Task RunPlainAsync(Screen screen, RateSampler sampler, TimeSpan interval, long count, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var shown = 0L; shown < count; shown++)
        {
            await Task.Delay(interval, time, cancellationToken);
            var rates = await sampler.SampleAsync(cancellationToken);
            if (shown != 0)
            {
                screen.StartOver();
            }

            screen.Write(RateTable.Create(screen, rates));
        }
    }

    private static Task RunLiveAsync(Screen screen, RateSampler sampler, TimeSpan interval, long count, TimeProvider time, CancellationToken cancellationToken) =>
        screen.Console.Live(RateTable.Create(screen, sampler.Last)).StartAsync(async live =>
        {
            for (var shown = 0L; shown < count; shown++)
            {
                await Task.Delay(interval, time, cancellationToken);
                live.UpdateTarget(RateTable.Create(screen, await sampler.SampleAsync(cancellationToken)));
            }
        });
}
