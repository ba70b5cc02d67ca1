using System.CommandLine;
using System.Net;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>delete bgpneighbor</c>: the grammar is loxicmd's; the AS may be left out.</summary>
internal sealed class DeleteBgpNeighbor
{
    private readonly Argument<IPAddress?> _peer = BgpArguments.Peer(ArgumentArity.ExactlyOne);
    private readonly Argument<long?> _remoteAs = BgpArguments.RemoteAs(ArgumentArity.ZeroOrOne);
    private readonly Option<string?> _interface = BgpOptions.Interface();

    public static Command Create(CommandRunner runner)
    {
        var self = new DeleteBgpNeighbor();
        var command = new Command("bgpneighbor", "Delete a BGP peer: its session is closed.") { self._peer, self._remoteAs, self._interface };
        Array.ForEach(BgpArguments.NeighborAliases, command.Aliases.Add);
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment.Output, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, TextWriter output, CancellationToken cancellationToken)
    {
        var peer = parse.GetRequiredValue(_peer)!;
        if (!await session.Client.DeleteBgpNeighborAsync(peer, parse.GetValue(_remoteAs), parse.GetValue(_interface), cancellationToken))
        {
            throw new CliException(ExitCode.NotFound, $"no BGP peer {peer}");
        }

        await output.WriteLineAsync($"bgpneighbor {peer} deleted");
    }
}
