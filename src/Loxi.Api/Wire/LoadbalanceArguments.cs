using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>What a service is, on the wire. Absent members mean zero, false or empty.</summary>
public sealed record LoadbalanceArguments
{
    /// <summary>The virtual address. Required.</summary>
    [JsonPropertyName("externalIP")]
    public string? ExternalIP { get; init; }

    /// <summary>Source address of full NAT.</summary>
    [JsonPropertyName("privateIP")]
    public string? PrivateIP { get; init; }

    /// <summary>The first port. Required; 0 for ICMP.</summary>
    [JsonPropertyName("port")]
    public long? Port { get; init; }

    /// <summary>The last port; absent or 0 for a single port.</summary>
    [JsonPropertyName("portMax")]
    public long? PortMax { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c>, <c>sctp</c> or <c>icmp</c>. Required.</summary>
    [JsonPropertyName("protocol")]
    public string? Protocol { get; init; }

    /// <summary>How endpoints are chosen, see <see cref="Loxi.Core.Services.SelectionPolicy"/>.</summary>
    [JsonPropertyName("sel")]
    public long? Selection { get; init; }

    /// <summary>Whether the VIP is announced by BGP.</summary>
    [JsonPropertyName("bgp")]
    public bool? Bgp { get; init; }

    /// <summary>Whether endpoints are probed.</summary>
    [JsonPropertyName("monitor")]
    public bool? Monitor { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c>, <c>sctp</c>, <c>http</c>, <c>https</c>, <c>ping</c>, <c>none</c> or empty.</summary>
    [JsonPropertyName("probetype")]
    public string? ProbeType { get; init; }

    /// <summary>The probed port, 0 to 65,535; 0 = the endpoint's.</summary>
    [JsonPropertyName("probeport")]
    public long? ProbePort { get; init; }

    /// <summary>What a probe asks.</summary>
    [JsonPropertyName("probereq")]
    public string? ProbeRequest { get; init; }

    /// <summary>What the answer must contain.</summary>
    [JsonPropertyName("proberesp")]
    public string? ProbeResponse { get; init; }

    /// <summary>Time between probes in seconds, 0 to 86,400; 0 = the node's.</summary>
    [JsonPropertyName("probeTimeout")]
    public long? ProbeTimeout { get; init; }

    /// <summary>Failures that take an endpoint down, 0 to 1,000; 0 = the node's.</summary>
    [JsonPropertyName("probeRetries")]
    public long? ProbeRetries { get; init; }

    /// <summary>Whether a controller made the service.</summary>
    [JsonPropertyName("managed")]
    public bool? Managed { get; init; }

    /// <summary>What is rewritten, see <see cref="Loxi.Core.Services.NatMode"/>.</summary>
    [JsonPropertyName("mode")]
    public long? Mode { get; init; }

    /// <summary>TLS, see <see cref="Loxi.Core.Services.ServiceSecurity"/>.</summary>
    [JsonPropertyName("security")]
    public long? Security { get; init; }

    /// <summary>Traffic class (firewall mark), 0 to 4,294,967,295; 0 = every packet.</summary>
    [JsonPropertyName("block")]
    public long? Block { get; init; }

    /// <summary>Silence after which a connection ends, in seconds, 0 to 2,592,000; 0 = the protocol's default. An answer holds the value in force.</summary>
    [JsonPropertyName("inactiveTimeOut")]
    public long? InactiveTimeout { get; init; }

    /// <summary>A name, at most 255 characters.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Not looked at in a request, as in loxilb.</summary>
    [JsonPropertyName("snat")]
    public bool? Snat { get; init; }

    /// <summary>0 create or replace, 1 attach endpoints, 2 detach endpoints.</summary>
    [JsonPropertyName("oper")]
    public long? Operation { get; init; }

    /// <summary>Host name of a proxied service.</summary>
    [JsonPropertyName("host")]
    public string? Host { get; init; }

    /// <summary>Whether endpoints get a PROXY protocol version 2 header.</summary>
    [JsonPropertyName("proxyprotocolv2")]
    public bool? ProxyProtocolV2 { get; init; }

    /// <summary>Whether the service is for outgoing traffic.</summary>
    [JsonPropertyName("egress")]
    public bool? Egress { get; init; }

    /// <summary>Name of the source pool whose addresses sources are rewritten to. Loxi's own, as all that follow.</summary>
    [JsonPropertyName("sourcePool")]
    public string? SourcePool { get; init; }

    /// <summary>The VIP group; absent = what <see cref="Name"/> says (<c>name:group</c>), else <c>llb-inst0</c>.</summary>
    [JsonPropertyName("vipGroup")]
    public string? VipGroup { get; init; }

    /// <summary><c>auto</c>, <c>ipip</c> or <c>none</c>; only with <see cref="Mode"/> 3.</summary>
    [JsonPropertyName("tunnel")]
    public string? Tunnel { get; init; }

    /// <summary>Whether the maximum segment size of TCP SYNs is lowered to what fits through a tunnel or a translation.</summary>
    [JsonPropertyName("clampMss")]
    public bool? ClampMss { get; init; }

    /// <summary>Time in which an endpoint that came back gets to its whole share, in seconds, 0 to 3,600; 0 = at once.</summary>
    [JsonPropertyName("slowStart")]
    public long? SlowStart { get; init; }

    /// <summary>How long a client keeps its endpoint with <see cref="Selection"/> 3, in seconds, 0 to 2,592,000; 0 = 10,800.</summary>
    [JsonPropertyName("persistTimeOut")]
    public long? PersistTimeout { get; init; }
}
