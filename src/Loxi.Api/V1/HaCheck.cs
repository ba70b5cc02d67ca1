using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>What on the host of a node stands against a failover: clock, MTU, settings of interfaces, the data plane.</summary>
public sealed record HaCheck
{
    /// <summary>The findings; empty where all is well.</summary>
    [JsonPropertyName("findings")]
    public IReadOnlyList<HaFinding> Findings { get; init; } = [];
}
