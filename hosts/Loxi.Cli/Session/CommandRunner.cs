using System.CommandLine;

namespace Loxi.Cli.Session;

/// <summary>Runs what a command does; whatever goes wrong becomes text on standard error and an exit code.</summary>
internal sealed class CommandRunner(CliEnvironment environment, GlobalOptions options)
{
    public CliEnvironment Environment => environment;

    /// <summary>Asks another node, with the same time and token.</summary>
    public async Task<T> AskAsync<T>(ParseResult parse, Uri address, Func<NodeSession, Task<T>> ask)
    {
        using var session = new NodeSession(address, options.TimeoutOf(parse), options.TokenOf(parse, environment), environment);
        try
        {
            return await ask(session);
        }
        catch (Exception e) when (Failures.Translate(e, session) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Makes <paramref name="run"/> the action of a command.</summary>
    public void Attach(Command command, Func<NodeSession, ParseResult, CancellationToken, Task> run) =>
        command.SetAction((parse, cancellationToken) => RunAsync(run, parse, cancellationToken));

    private async Task<int> RunAsync(Func<NodeSession, ParseResult, CancellationToken, Task> run, ParseResult parse, CancellationToken cancellationToken)
    {
        try
        {
            using var session = new NodeSession(options, parse, environment);
            try
            {
                await run(session, parse, cancellationToken);
                return ExitCode.Success;
            }
            catch (Exception e) when (Failures.Translate(e, session) is { } failure)
            {
                throw failure;
            }
        }
        catch (CliException e)
        {
            Loxictl.Report(environment, e.Lines);
            return e.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Cancelled;
        }
    }
}
