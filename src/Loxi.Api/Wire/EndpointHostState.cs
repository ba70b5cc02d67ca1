using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The body of <c>POST /netlox/v1/config/endpointhoststate</c>: the state of an endpoint, set by hand.</summary>
public sealed record EndpointHostState
{
    /// <summary>Its address. Required.</summary>
    [JsonPropertyName("hostName")]
    public string? HostName { get; init; }

    /// <summary>Its port, 1 to 65,535; 0 for ICMP.</summary>
    [JsonPropertyName("epPort")]
    public long? EndpointPort { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c>, <c>sctp</c> or <c>icmp</c>. Required.</summary>
    [JsonPropertyName("epProto")]
    public string? EndpointProtocol { get; init; }

    /// <summary><c>green</c>, <c>yellow</c>, <c>red</c> or <c>draining</c> (keeps its connections, gets no new ones). Required.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }
}
