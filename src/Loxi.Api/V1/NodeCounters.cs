using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>The answer of <c>GET /loxi/v1/counters</c>.</summary>
public sealed record NodeCounters
{
    /// <summary>One counter for each reason to drop, pass, forward or answer a packet.</summary>
    [JsonPropertyName("reasons")]
    public IReadOnlyList<ReasonCounter> Reasons { get; set; } = [];

    /// <summary>Counters of each service.</summary>
    [JsonPropertyName("services")]
    public IReadOnlyList<ServiceCounters> Services { get; set; } = [];
}
