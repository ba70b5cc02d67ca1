using System.CommandLine;
using System.Net;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>create bgpneighbor</c>: the grammar is loxicmd's.</summary>
internal sealed class CreateBgpNeighbor
{
    private readonly Argument<IPAddress?> _peer = BgpArguments.Peer(ArgumentArity.ExactlyOne);
    private readonly Argument<long?> _remoteAs = BgpArguments.RemoteAs(ArgumentArity.ExactlyOne);
    private readonly BgpOptions _options = new();

    public static Command Create(CommandRunner runner)
    {
        var self = new CreateBgpNeighbor();
        var command = new Command("bgpneighbor", "Create a BGP peer, or change the one with this address.") { self._peer, self._remoteAs };
        Array.ForEach(BgpArguments.NeighborAliases, command.Aliases.Add);
        self._options.AddTo(command);
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var peer = parse.GetRequiredValue(_peer)!;
        List<string> problems = [];
        var arguments = _options.Read(parse, peer, environment, problems) with { RemoteAs = parse.GetRequiredValue(_remoteAs) };
        if (problems.Count != 0)
        {
            throw new CliException(ExitCode.Usage, problems);
        }

        var changed = await session.Client.PutBgpNeighborAsync(arguments, cancellationToken);
        await environment.Output.WriteLineAsync($"bgpneighbor {peer} {(changed ? "created" : "unchanged")}");
    }
}
