using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The body of <c>POST /netlox/v1/config/endpoint</c>: how an endpoint is probed, whatever services use it.</summary>
public sealed record EndpointArguments
{
    /// <summary>Its address. Required.</summary>
    [JsonPropertyName("hostName")]
    public string? HostName { get; init; }

    /// <summary>Its name, at most 255 characters; empty = <c>address_type_port</c>.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Failures in a row that take it down, 0 to 255; 0 = the number of the node (3).</summary>
    [JsonPropertyName("inactiveReTries")]
    public long? InactiveRetries { get; init; }

    /// <summary><c>tcp</c> or <c>none</c>. Required.</summary>
    [JsonPropertyName("probeType")]
    public string? ProbeType { get; init; }

    /// <summary>What a probe asks; must be empty in this version.</summary>
    [JsonPropertyName("probeReq")]
    public string? ProbeRequest { get; init; }

    /// <summary>What the answer must contain; must be empty in this version.</summary>
    [JsonPropertyName("probeResp")]
    public string? ProbeResponse { get; init; }

    /// <summary>Time between probes in seconds, 0 to 86,400; 0 = the period of the node (2 s).</summary>
    [JsonPropertyName("probeDuration")]
    public long? ProbeDuration { get; init; }

    /// <summary>The port of the endpoint, which is probed, 1 to 65,535.</summary>
    [JsonPropertyName("probePort")]
    public long? ProbePort { get; init; }
}
