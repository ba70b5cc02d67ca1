using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>An endpoint of a service on the wire.</summary>
public sealed record LoadbalanceEndpoint
{
    /// <summary>Its address. Required.</summary>
    [JsonPropertyName("endpointIP")]
    public string? EndpointIP { get; init; }

    /// <summary>Its port, 1 to 65,535; 0 for ICMP, and with a port range for the port that the client used. Required.</summary>
    [JsonPropertyName("targetPort")]
    public long? TargetPort { get; init; }

    /// <summary>Its weight, 1 to 65,535. Required.</summary>
    [JsonPropertyName("weight")]
    public long? Weight { get; init; }

    /// <summary><c>active</c>, <c>inactive</c> or <c>draining</c> in an answer. In a request <c>draining</c> lets it keep its connections and get no new ones; the others say nothing.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary><c>packets:bytes</c> in an answer; not looked at in a request.</summary>
    [JsonPropertyName("counter")]
    public string? Counter { get; init; }
}
