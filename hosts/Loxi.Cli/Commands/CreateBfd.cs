using System.CommandLine;
using System.Net;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>create bfd</c>: the grammar is loxicmd's.</summary>
internal sealed class CreateBfd
{
    private readonly Argument<IPAddress?> _peer = OptionFactory.AddressArgument("remote-ip", "The address of the peer.", ArgumentArity.ExactlyOne);
    private readonly BfdOptions _options = new(isNew: true);

    public static Command Create(CommandRunner runner)
    {
        var self = new CreateBfd();
        var command = new Command("bfd", "Create a BFD session, or change the one with this peer without a flap.") { self._peer };
        command.Aliases.Add("bfd-session");
        self._options.AddTo(command);
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var peer = parse.GetRequiredValue(_peer)!;
        List<string> problems = [];
        var arguments = _options.Read(parse, peer, environment, $"create bfd {peer}", problems);
        if (problems.Count != 0)
        {
            throw new CliException(ExitCode.Usage, problems);
        }

        var changed = await session.Client.PutBfdSessionAsync(arguments, cancellationToken);
        await environment.Output.WriteLineAsync($"bfd {peer} {(changed ? "created" : "unchanged")}");
    }
}
