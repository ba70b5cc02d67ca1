using System.CommandLine;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;
using Loxi.Core.Services;

namespace Loxi.Cli.Commands;

/// <summary><c>create lb</c>: the grammar is loxicmd's.</summary>
internal sealed class CreateLb
{
    private readonly Argument<IPAddress?> _vip = OptionFactory.Vip(ArgumentArity.ExactlyOne);
    private readonly ServiceKeyOptions _key = new(withTarget: true);

    private readonly Option<EndpointArgument[]> _endpoints = OptionFactory.List(
        "--endpoints", "address:weight[:draining],...", "The endpoints with their weights; draining ones get no new connections.", EndpointArgument.Expected, static (string text, out EndpointArgument value) => EndpointArgument.TryParse(text, out value));

    private readonly Option<IPAddress?[]> _secondary = OptionFactory.List<IPAddress?>(
        "--secips", "address,...", "Further addresses of an SCTP service.", "an IPv4 or IPv6 address", OptionFactory.ReadAddress);

    private readonly Option<IPNetwork[]> _sources = OptionFactory.List<IPNetwork>(
        "--sources", "prefix,...", "Clients that are let in; without it, all.", PrefixText.Expected, PrefixText.TryParse);

    private readonly ServiceSettings _settings = new();

    public static Command Create(CommandRunner runner)
    {
        var self = new CreateLb();
        var command = new Command("lb", "Create a service, or replace the endpoints and settings of the one with the same address, protocol and port.");
        command.Aliases.Add("loadbalancer");
        command.Add(self._vip);
        self._key.AddTo(command);
        command.Add(self._endpoints);
        command.Add(self._secondary);
        command.Add(self._sources);
        self._settings.AddTo(command);
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var vip = parse.GetRequiredValue(_vip)!;
        var ports = _key.PortsOf(parse);
        List<string> missing = [];
        if (ports.Count == 0)
        {
            missing.Add("create lb: expected a protocol: --tcp, --udp or --sctp with ports, or --icmp");
        }

        if (parse.GetValue(_endpoints) is not { Length: > 0 } endpoints)
        {
            missing.Add($"create lb: expected --endpoints with {EndpointArgument.Expected}");
            endpoints = [];
        }

        _settings.Check(parse, missing);
        if (missing.Count != 0)
        {
            throw new CliException(ExitCode.Usage, missing);
        }

        foreach (var (protocol, mapping) in ports)
        {
            var name = ServiceProtocolNames.NameOf(protocol);
            var changed = await session.Client.CreateOrReplaceServiceAsync(EntryOf(parse, vip, name, mapping, endpoints), cancellationToken);
            await environment.Output.WriteLineAsync($"lb {ServiceNames.Of(vip.ToString(), name, mapping.Port, mapping.PortMax)} {(changed ? _settings.VerbOf(parse) : "unchanged")}");
        }
    }

    private LoadbalanceEntry EntryOf(ParseResult parse, IPAddress vip, string protocol, PortMapping ports, EndpointArgument[] endpoints) => new()
    {
        ServiceArguments = _settings.Apply(parse, new LoadbalanceArguments
        {
            ExternalIP = vip.ToString(),
            Port = ports.Port,
            PortMax = ports.PortMax == ports.Port ? null : ports.PortMax,
            Protocol = protocol,
            Block = _key.MarkOf(parse),
            Host = _key.HostOf(parse),
        }),
        Endpoints = [.. endpoints.Select(endpoint => new LoadbalanceEndpoint
        {
            EndpointIP = endpoint.Address.ToString(),
            TargetPort = ports.TargetPort,
            Weight = endpoint.Weight,
            State = endpoint.Draining ? EndpointStates.Draining : null,
        })],
        SecondaryIPs = parse.GetValue(_secondary) is { Length: > 0 } addresses ? [.. addresses.Select(static a => new SecondaryAddress { SecondaryIP = a!.ToString() })] : null,
        AllowedSources = parse.GetValue(_sources) is { Length: > 0 } prefixes ? [.. prefixes.Select(static p => new AllowedSource { Prefix = p.ToString() })] : null,
    };
}
