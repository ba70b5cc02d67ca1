using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>An endpoint and its health.</summary>
public sealed record EndpointEntry
{
    /// <summary>Its address.</summary>
    [JsonPropertyName("hostName")]
    public string? HostName { get; init; }

    /// <summary>The name it was configured with, else <c>address_protocol_port</c>.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Failures that take it down; left out when 0.</summary>
    [JsonPropertyName("inactiveReTries")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int InactiveRetries { get; init; }

    /// <summary>How it is probed; <c>none</c> when it is not.</summary>
    [JsonPropertyName("probeType")]
    public string? ProbeType { get; init; }

    /// <summary>What a probe asks.</summary>
    [JsonPropertyName("probeReq")]
    public string? ProbeRequest { get; init; }

    /// <summary>What the answer must contain.</summary>
    [JsonPropertyName("probeResp")]
    public string? ProbeResponse { get; init; }

    /// <summary>Time between probes in seconds; left out when 0.</summary>
    [JsonPropertyName("probeDuration")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ProbeDuration { get; init; }

    /// <summary>The probed port.</summary>
    [JsonPropertyName("probePort")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ProbePort { get; init; }

    /// <summary>Shortest round trip of a probe, e.g. <c>1ms</c>.</summary>
    [JsonPropertyName("minDelay")]
    public string? MinimumDelay { get; init; }

    /// <summary>Mean round trip.</summary>
    [JsonPropertyName("avgDelay")]
    public string? AverageDelay { get; init; }

    /// <summary>Longest round trip.</summary>
    [JsonPropertyName("maxDelay")]
    public string? MaximumDelay { get; init; }

    /// <summary><c>ok</c> or <c>nok</c>; <c>red</c>, <c>yellow</c> or <c>draining</c> when set by hand.</summary>
    [JsonPropertyName("currState")]
    public string? State { get; init; }
}
