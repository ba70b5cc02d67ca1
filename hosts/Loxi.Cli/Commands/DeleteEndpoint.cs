using System.CommandLine;
using System.Net;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>delete endpoint</c>: the grammar is loxicmd's.</summary>
internal sealed class DeleteEndpoint
{
    private readonly Argument<IPAddress?> _address = OptionFactory.AddressArgument("address", "The address of the endpoint.", ArgumentArity.ExactlyOne);
    private readonly Option<string?> _name = OptionFactory.Text("--name", "name", "Only the one of this name.");
    private readonly Option<string?> _type = OptionFactory.Text("--probetype", "type", "Only those that are probed like this: tcp or none.");
    private readonly Option<long?> _port = OptionFactory.Number("--probeport", "port", "Only the one of this port.", 1, ushort.MaxValue);

    public static Command Create(CommandRunner runner)
    {
        var self = new DeleteEndpoint();
        var command = new Command("endpoint", "Take back what was said about the probes of an address.") { self._address, self._name, self._type, self._port };
        command.Aliases.Add("ep");
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment.Output, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, TextWriter output, CancellationToken cancellationToken)
    {
        var address = parse.GetRequiredValue(_address)!;
        if (!await session.Client.DeleteEndpointAsync(address, parse.GetValue(_name), parse.GetValue(_type), (int)(parse.GetValue(_port) ?? 0), cancellationToken))
        {
            throw new CliException(ExitCode.NotFound, $"no configured endpoint {address}");
        }

        await output.WriteLineAsync($"endpoint {address} deleted");
    }
}
