using System.CommandLine;
using System.Net;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>delete bfd</c>: the grammar is loxicmd's.</summary>
internal sealed class DeleteBfd
{
    private readonly Argument<IPAddress?> _peer = OptionFactory.AddressArgument("remote-ip", "The address of the peer.", ArgumentArity.ExactlyOne);
    private readonly Option<string?> _instance = BfdOptions.Instance();
    private readonly Option<string?> _interface = OptionFactory.Text("--interface", "name", "The interface, where several sessions have this link-local peer.");

    public static Command Create(CommandRunner runner)
    {
        var self = new DeleteBfd();
        var command = new Command("bfd", "Delete a BFD session: its peer is told that it is administratively down.") { self._peer, self._instance, self._interface };
        command.Aliases.Add("bfd-session");
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment.Output, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, TextWriter output, CancellationToken cancellationToken)
    {
        var peer = parse.GetRequiredValue(_peer)!;
        if (!await session.Client.DeleteBfdSessionAsync(peer, BfdOptions.InstanceOf(parse, _instance), parse.GetValue(_interface), cancellationToken))
        {
            throw new CliException(ExitCode.NotFound, $"no BFD session with {peer}");
        }

        await output.WriteLineAsync($"bfd {peer} deleted");
    }
}
