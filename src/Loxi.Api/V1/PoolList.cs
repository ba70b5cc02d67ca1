using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>The answer of <c>GET /loxi/v1/pools</c>.</summary>
public sealed record PoolList
{
    /// <summary>The source pools, in the order of their names.</summary>
    [JsonPropertyName("pools")]
    public IReadOnlyList<Pool> Pools { get; set; } = [];
}
