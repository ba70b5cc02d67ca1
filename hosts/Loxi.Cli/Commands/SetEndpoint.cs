using System.CommandLine;
using System.Globalization;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;
using Loxi.Core.Services;

namespace Loxi.Cli.Commands;

/// <summary><c>set endpoint</c>: the state of an endpoint by hand.</summary>
internal sealed class SetEndpoint
{
    private static readonly string[] States = ["draining", "red", "yellow", "green"];

    private readonly Argument<IPAddress?> _address = OptionFactory.AddressArgument("address", "The address of the endpoint.", ArgumentArity.ExactlyOne);
    private readonly Option<long?> _port = OptionFactory.Number("--port", "port", "Its port; not for ICMP.", 1, ushort.MaxValue);

    private readonly Option<string?> _protocol = OptionFactory.Single<string?>(
        "--protocol", "tcp|udp|sctp|icmp", "The protocol of the services that use it. Default: tcp.", "one of tcp, udp, sctp, icmp", static (string text, out string? value) => ServiceProtocolNames.TryParse(value = text, out _));

    private readonly Option<string?> _state = OptionFactory.Single<string?>(
        "--state",
        string.Join('|', States),
        "draining: keeps its connections and gets no new ones; red: out of every service, its connections end; yellow: marked, no effect; green: nothing of these, its probe decides.",
        "one of " + string.Join(", ", States),
        static (string text, out string? value) => States.Contains(value = text));

    public static Command Create(CommandRunner runner)
    {
        var self = new SetEndpoint();
        var command = new Command("endpoint", "Set the state of an endpoint by hand, in every service that uses it.") { self._address, self._port, self._protocol, self._state };
        command.Aliases.Add("ep");
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment.Output, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, TextWriter output, CancellationToken cancellationToken)
    {
        var address = parse.GetRequiredValue(_address)!;
        var protocol = parse.GetValue(_protocol) ?? "tcp";
        var port = parse.GetValue(_port);
        List<string> missing = [];
        if (parse.GetValue(_state) is not { } state)
        {
            missing.Add($"set endpoint {address}: expected --state with one of {string.Join(", ", States)}");
            state = "";
        }

        if (port is null && protocol != "icmp")
        {
            missing.Add($"set endpoint {address}: expected --port with the port of the endpoint");
        }

        if (missing.Count != 0)
        {
            throw new CliException(ExitCode.Usage, missing);
        }

        await session.Client.SetEndpointStateAsync(
            new EndpointHostState { HostName = address.ToString(), EndpointPort = port ?? 0, EndpointProtocol = protocol, State = state }, cancellationToken);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"endpoint {protocol} {ServiceNames.At(address.ToString(), port ?? 0)} {state}"));
    }
}
