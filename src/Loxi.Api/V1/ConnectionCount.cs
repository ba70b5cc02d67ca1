using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>The answer of <c>GET /loxi/v1/connections/count</c> and of <c>DELETE /loxi/v1/connections</c>.</summary>
public sealed record ConnectionCount
{
    /// <summary>How many connections matched, or were removed.</summary>
    [JsonPropertyName("count")]
    public long Count { get; set; }
}
