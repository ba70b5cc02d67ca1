using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>The answer of <c>GET /loxi/v1/ha/connections</c>.</summary>
public sealed record HaConnectionList
{
    /// <summary>The open connections of the buckets that were asked for, as the kernel has them.</summary>
    [JsonPropertyName("connections")]
    public IReadOnlyList<HaConnection> Connections { get; init; } = [];
}
