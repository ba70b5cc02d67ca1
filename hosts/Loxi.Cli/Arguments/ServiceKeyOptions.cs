using System.CommandLine;
using Loxi.Core.Services;

namespace Loxi.Cli.Arguments;

/// <summary>The options that name the protocols and ports of a service, alike in every command that takes a service.</summary>
internal sealed class ServiceKeyOptions
{
    private readonly Option<PortMapping[]> _tcp;
    private readonly Option<PortMapping[]> _udp;
    private readonly Option<PortMapping[]> _sctp;
    private readonly Option<bool> _icmp = OptionFactory.Flag("--icmp", "An ICMP echo service (it has no ports).");
    private readonly Option<long?> _mark = OptionFactory.Number("--mark", "mark", "Traffic class (firewall mark) that the service is limited to.", 0, uint.MaxValue, "--block");
    private readonly Option<string?> _host = OptionFactory.Text("--host", "name", "Host name of a proxied service.");

    public ServiceKeyOptions(bool withTarget)
    {
        _tcp = Ports("--tcp", "TCP", withTarget);
        _udp = Ports("--udp", "UDP", withTarget);
        _sctp = Ports("--sctp", "SCTP", withTarget);
    }

    public void AddTo(Command command)
    {
        command.Add(_tcp);
        command.Add(_udp);
        command.Add(_sctp);
        command.Add(_icmp);
        command.Add(_mark);
        command.Add(_host);
    }

    /// <summary>Every protocol with its ports, in the order tcp, udp, sctp, icmp.</summary>
    public IReadOnlyList<(ServiceProtocol Protocol, PortMapping Ports)> PortsOf(ParseResult parse) =>
    [
        .. (parse.GetValue(_tcp) ?? []).Select(static ports => (ServiceProtocol.Tcp, ports)),
        .. (parse.GetValue(_udp) ?? []).Select(static ports => (ServiceProtocol.Udp, ports)),
        .. (parse.GetValue(_sctp) ?? []).Select(static ports => (ServiceProtocol.Sctp, ports)),
        .. parse.GetValue(_icmp) ? [(ServiceProtocol.Icmp, default(PortMapping))] : Array.Empty<(ServiceProtocol, PortMapping)>(),
    ];

    public long? MarkOf(ParseResult parse) => parse.GetValue(_mark);

    public string? HostOf(ParseResult parse) => parse.GetValue(_host);

    private static Option<PortMapping[]> Ports(string name, string protocol, bool withTarget) =>
        withTarget
            ? OptionFactory.List(
                name,
                "port[-last]:target",
                $"{protocol} port of the service and of its endpoints; without a target both are the same. Target 0 keeps the port that the client used, with a range. Several make several services.",
                PortMapping.Expected,
                static (string text, out PortMapping value) => PortMapping.TryParse(text, out value))
            : OptionFactory.List(
                name,
                "port[-last]",
                $"{protocol} port of the service.",
                PortMapping.ExpectedRange,
                static (string text, out PortMapping value) => PortMapping.TryParseRange(text, out value));
}
