using System.CommandLine;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;
using Loxi.Core.Services;

namespace Loxi.Cli.Commands;

/// <summary>The options of <c>create lb</c> that say how the service behaves. What is not given is not sent: the node's defaults hold.</summary>
internal sealed class ServiceSettings
{
    private const long Attach = 1;
    private const long Detach = 2;
    private static readonly long LongestTimeout = (long)ServiceTimeouts.Maximum.TotalSeconds;

    private readonly Option<string?> _name = OptionFactory.Text("--name", "name", "Name of the service.");
    private readonly Option<long?> _mode = OptionFactory.Word("--mode", "What is rewritten in its packets. Default: default.", NumberNames.Mode);
    private readonly Option<long?> _select = OptionFactory.Word("--select", "How a new connection gets its endpoint. Default: rr.", NumberNames.Selection);
    private readonly Option<long?> _security = OptionFactory.Word("--security", "TLS of a full proxy. Default: none.", NumberNames.Security);
    private readonly Option<long?> _timeout = OptionFactory.Number("--inatimeout", "seconds", "Forget a connection after this time without a packet; 0 = the default of its protocol.", 0, LongestTimeout);
    private readonly Option<IPAddress?> _privateIp = OptionFactory.Address("--privateip", "Source address towards the endpoints with --mode=fullnat, instead of the virtual address.", "--private-ip");
    private readonly Option<bool> _monitor = OptionFactory.Flag("--monitor", "Probe the endpoints; new connections avoid those that fail.");
    private readonly Option<string?> _probeType = ProbeType();
    private readonly Option<long?> _probePort = OptionFactory.Number("--probeport", "port", "Port to probe. Default: the target port.", 0, ushort.MaxValue);
    private readonly Option<string?> _probeRequest = OptionFactory.Text("--probereq", "text", "What a probe sends, e.g. the path of --probetype=http.");
    private readonly Option<string?> _probeResponse = OptionFactory.Text("--proberesp", "text", "What a probe must get back.");
    private readonly Option<long?> _probeTimeout = OptionFactory.Number("--probetimeout", "seconds", "Time between two probes.", 0, ServiceLimits.ProbeTimeoutSeconds);
    private readonly Option<long?> _probeRetries = OptionFactory.Number("--proberetries", "count", "Probes in a row that must fail before an endpoint counts as inactive.", 0, ServiceLimits.ProbeRetries);
    private readonly Option<bool> _bgp = OptionFactory.Flag("--bgp", "Announce the virtual address by BGP.");
    private readonly Option<bool> _managed = OptionFactory.Flag("--managed", "Mark the service as another program's.");
    private readonly Option<bool> _proxyProtocol = OptionFactory.Flag("--ppv2en", "Send a PROXY protocol v2 header to the endpoints.");
    private readonly Option<bool> _egress = OptionFactory.Flag("--egress", "For connections of workloads on or behind the node that go out: their source is always rewritten.");
    private readonly Option<string?> _pool = OptionFactory.Name("--pool", "Source pool whose addresses the connections come from.");
    private readonly Option<string?> _group = OptionFactory.Name("--group", "VIP group that the service belongs to. Default: what follows the colon of --name, else llb-inst0.");
    private readonly Option<string?> _tunnel = Tunnel();
    private readonly Option<bool> _clampMss = OptionFactory.Flag("--clamp-mss", "Lower the maximum segment size of TCP to what fits through a tunnel, or between the families.");
    private readonly Option<long?> _slowStart = OptionFactory.Number("--slow-start", "seconds", "Time in which an endpoint that came back gets to its whole share.", 0, ServiceLimits.SlowStartSeconds);
    private readonly Option<long?> _persistTimeout = OptionFactory.Number("--persist-timeout", "seconds", "How long a client keeps its endpoint with --select=persist. Default: 10800.", 0, LongestTimeout);
    private readonly Option<bool> _attach = OptionFactory.Flag("--attachEP", "Add the endpoints to the service instead of replacing its own.");
    private readonly Option<bool> _detach = OptionFactory.Flag("--detachEP", "Remove the endpoints from the service; with the last one it is deleted.");

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])
            [_name, _mode, _select, _security, _timeout, _privateIp, _monitor, _probeType, _probePort, _probeRequest, _probeResponse, _probeTimeout, _probeRetries,
             _bgp, _managed, _proxyProtocol, _egress, _pool, _group, _tunnel, _clampMss, _slowStart, _persistTimeout, _attach, _detach])
        {
            command.Add(option);
        }
    }

    public void Check(ParseResult parse, ICollection<string> problems)
    {
        if (parse.GetValue(_attach) && parse.GetValue(_detach))
        {
            problems.Add("create lb: expected --attachEP or --detachEP, not both");
        }
    }

    /// <summary>What happened, for the message of success.</summary>
    public string VerbOf(ParseResult parse) => parse.GetValue(_attach) ? "endpoints attached" : parse.GetValue(_detach) ? "endpoints detached" : "created";

    public LoadbalanceArguments Apply(ParseResult parse, LoadbalanceArguments arguments) => arguments with
    {
        Name = parse.GetValue(_name),
        Mode = parse.GetValue(_mode),
        Selection = parse.GetValue(_select),
        Security = parse.GetValue(_security),
        InactiveTimeout = parse.GetValue(_timeout),
        PrivateIP = parse.GetValue(_privateIp)?.ToString(),
        Monitor = WhenSet(parse, _monitor),
        ProbeType = parse.GetValue(_probeType),
        ProbePort = parse.GetValue(_probePort),
        ProbeRequest = parse.GetValue(_probeRequest),
        ProbeResponse = parse.GetValue(_probeResponse),
        ProbeTimeout = parse.GetValue(_probeTimeout),
        ProbeRetries = parse.GetValue(_probeRetries),
        Bgp = WhenSet(parse, _bgp),
        Managed = WhenSet(parse, _managed),
        ProxyProtocolV2 = WhenSet(parse, _proxyProtocol),
        Egress = WhenSet(parse, _egress),
        SourcePool = parse.GetValue(_pool),
        VipGroup = parse.GetValue(_group),
        Tunnel = parse.GetValue(_tunnel),
        ClampMss = WhenSet(parse, _clampMss),
        SlowStart = parse.GetValue(_slowStart),
        PersistTimeout = parse.GetValue(_persistTimeout),
        Operation = parse.GetValue(_attach) ? Attach : parse.GetValue(_detach) ? Detach : null,
    };

    private static bool? WhenSet(ParseResult parse, Option<bool> option) => parse.GetValue(option) ? true : null;

    private static Option<string?> Tunnel() => OptionFactory.Single<string?>(
        "--tunnel",
        "auto|ipip|none",
        "How --mode=dsr reaches endpoints. Default: auto, a tunnel where a gateway is on the way or the families differ.",
        TunnelModeNames.Expected,
        static (string text, out string? value) =>
        {
            value = text;
            return text.Length != 0 && TunnelModeNames.TryParse(text, out _);
        });

    private static Option<string?> ProbeType()
    {
        string[] names = ["tcp", "udp", "sctp", "http", "https", "ping", "none"];
        return OptionFactory.Single<string?>(
            "--probetype",
            string.Join('|', names),
            "How to probe. Default: by the protocol of the service.",
            "one of " + string.Join(", ", names),
            static (string text, out string? value) =>
            {
                value = text;
                return text.Length != 0 && ProbeTypeNames.TryParse(text, out _);
            });
    }
}
