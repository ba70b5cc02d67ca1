using System.CommandLine;
using System.Net;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>set bfd</c>: the grammar is loxicmd's.</summary>
internal sealed class SetBfd
{
    private readonly Argument<IPAddress?> _peer = OptionFactory.AddressArgument("remote-ip", "The address of the peer.", ArgumentArity.ExactlyOne);
    private readonly BfdOptions _options = new(isNew: false);

    public static Command Create(CommandRunner runner)
    {
        var self = new SetBfd();
        var command = new Command("bfd", "Change a BFD session without a flap. What is not given stays as it is.") { self._peer };
        command.Aliases.Add("bfd-session");
        self._options.AddTo(command);
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var peer = parse.GetRequiredValue(_peer)!;
        List<string> problems = [];
        var arguments = _options.Read(parse, peer, environment, $"set bfd {peer}", problems);
        if (problems.Count == 0 && !_options.AnyIsGiven(parse))
        {
            problems.Add($"set bfd {peer}: expected something to change: --interval, --retryCount, --min-rx, --min-ttl, --passive, --echo, --echo-min-rx or --auth-type");
        }

        if (problems.Count != 0)
        {
            throw new CliException(ExitCode.Usage, problems);
        }

        // The node would make a session where there is none.
        var sessions = await session.Client.ListBfdSessionsAsync(cancellationToken);
        if (!sessions.Any(entry => entry.RemoteIP == arguments.RemoteIP && (arguments.Interface is null || entry.Interface == arguments.Interface)))
        {
            throw new CliException(ExitCode.NotFound, $"no BFD session with {peer}{(arguments.Interface is null ? "" : $" on {arguments.Interface}")}");
        }

        var changed = await session.Client.PutBfdSessionAsync(arguments, cancellationToken);
        await environment.Output.WriteLineAsync($"bfd {peer} {(changed ? "changed" : "unchanged")}");
    }
}
