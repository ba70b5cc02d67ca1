using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>
/// The body of <c>POST /netlox/v1/config/bfd</c>: makes a BFD session, or changes the one with the same peer. Of a session that is there, what is
/// absent stays as it is. The members after <see cref="State"/> are Loxi's own.
/// </summary>
public sealed record BfdArguments
{
    /// <summary>The VIP group: <c>llb-inst0</c>, of which <c>default</c> is another name. Default: <c>llb-inst0</c>.</summary>
    [JsonPropertyName("instance")]
    public string? Instance { get; init; }

    /// <summary>Address of the peer, IPv4 or IPv6. Required.</summary>
    [JsonPropertyName("remoteIp")]
    public string? RemoteIP { get; init; }

    /// <summary>Own address that packets are sent from. Empty, <c>0.0.0.0</c> or <c>::</c>: chosen by the route to the peer. Cannot be changed.</summary>
    [JsonPropertyName("sourceIp")]
    public string? SourceIP { get; init; }

    /// <summary>Has no effect: the port is 3784, or 4784 over several hops.</summary>
    [JsonPropertyName("port")]
    public long? Port { get; init; }

    /// <summary>Time between packets while the session is up, in microseconds, 3,000 to 4,294,967,295. Required for a new session; 0 is as absent.</summary>
    [JsonPropertyName("interval")]
    public long? Interval { get; init; }

    /// <summary>Packets in a row that may be missed, 1 to 255. Required for a new session; 0 is as absent.</summary>
    [JsonPropertyName("retryCount")]
    public long? RetryCount { get; init; }

    /// <summary>Has no effect.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary>Least time between packets of the peer, in microseconds, 3,000 to 4,294,967,295; 0: as <see cref="Interval"/>. Default: 0.</summary>
    [JsonPropertyName("minRx")]
    public long? MinRx { get; init; }

    /// <summary>Whether the peer may be several hops away (RFC 5883). Default: whether it is not on a connected subnet. Cannot be changed.</summary>
    [JsonPropertyName("multihop")]
    public bool? Multihop { get; init; }

    /// <summary>Least TTL or hop limit of the peer's packets, 1 to 255; 0: 255 on one hop, 1 over several. On one hop it must be 255 without authentication. Default: 0.</summary>
    [JsonPropertyName("minTtl")]
    public long? MinTtl { get; init; }

    /// <summary>Whether nothing is sent before the peer is heard (RFC 5880 6.1). Default: false.</summary>
    [JsonPropertyName("passive")]
    public bool? Passive { get; init; }

    /// <summary>Name of the interface that the session is bound to; empty: any. Required for a link-local peer. Cannot be changed.</summary>
    [JsonPropertyName("interface")]
    public string? Interface { get; init; }

    /// <summary>Authentication. Default: none.</summary>
    [JsonPropertyName("auth")]
    public BfdAuthenticationArguments? Authentication { get; init; }

    /// <summary>Echo packets (RFC 5880 6.4). Default: none.</summary>
    [JsonPropertyName("echo")]
    public BfdEchoArguments? Echo { get; init; }
}
