using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>An endpoint of a service on the wire.</summary>
public sealed record LoadbalanceEndpoint
{
    /// <summary>Its address. Required.</summary>
    [JsonPropertyName("endpointIP")]
    public string? EndpointIP { get; init; }

    /// <summary>Its port, 1 to 65,535, 0 for ICMP. Required.</summary>
    [JsonPropertyName("targetPort")]
    public long? TargetPort { get; init; }

    /// <summary>Its weight, 1 to 65,535. Required.</summary>
    [JsonPropertyName("weight")]
    public long? Weight { get; init; }

    /// <summary><c>active</c> or <c>inactive</c> in an answer; not looked at in a request.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary><c>packets:bytes</c> in an answer; not looked at in a request.</summary>
    [JsonPropertyName("counter")]
    public string? Counter { get; init; }
}
