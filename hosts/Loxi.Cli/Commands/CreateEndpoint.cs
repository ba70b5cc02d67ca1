using System.CommandLine;
using System.Globalization;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>create endpoint</c>: the grammar is loxicmd's.</summary>
internal sealed class CreateEndpoint
{
    private readonly Argument<IPAddress?> _address = OptionFactory.AddressArgument("address", "The address of the endpoint.", ArgumentArity.ExactlyOne);
    private readonly Option<string?> _name = OptionFactory.Text("--name", "name", "A name; without it the node makes one.");
    private readonly Option<string?> _type = OptionFactory.Text("--probetype", "type", "How it is probed: tcp (default) or none.");
    private readonly Option<string?> _request = OptionFactory.Text("--probereq", "text", "What a probe asks.");
    private readonly Option<string?> _response = OptionFactory.Text("--proberesp", "text", "What the answer must contain.");
    private readonly Option<long?> _port = OptionFactory.Number("--probeport", "port", "The port of the endpoint, which is probed.", 1, ushort.MaxValue);
    private readonly Option<long?> _period = OptionFactory.Number("--period", "seconds", "Time between probes.", 1, 86_400);
    private readonly Option<long?> _retries = OptionFactory.Number("--retries", "count", "Failures in a row that take it down.", 1, byte.MaxValue);

    public static Command Create(CommandRunner runner)
    {
        var self = new CreateEndpoint();
        var command = new Command("endpoint", "Say how an endpoint is probed, whatever services use it.")
        {
            self._address, self._name, self._type, self._request, self._response, self._port, self._period, self._retries,
        };
        command.Aliases.Add("ep");
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment.Output, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, TextWriter output, CancellationToken cancellationToken)
    {
        var address = parse.GetRequiredValue(_address)!;
        if (parse.GetValue(_port) is not { } port)
        {
            throw new CliException(ExitCode.Usage, $"create endpoint {address}: expected --probeport with the port of the endpoint");
        }

        await session.Client.ConfigureEndpointAsync(
            new EndpointArguments
            {
                HostName = address.ToString(),
                Name = parse.GetValue(_name),
                InactiveRetries = parse.GetValue(_retries),
                ProbeType = parse.GetValue(_type) ?? "tcp",
                ProbeRequest = parse.GetValue(_request),
                ProbeResponse = parse.GetValue(_response),
                ProbeDuration = parse.GetValue(_period),
                ProbePort = port,
            },
            cancellationToken);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"endpoint {address} port {port} configured"));
    }
}
