using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A page of <c>GET /loxi/v1/bgp/routes</c>.</summary>
public sealed record BgpRouteList
{
    /// <summary>The routes, in the order of their prefixes.</summary>
    [JsonPropertyName("routes")]
    public IReadOnlyList<BgpRouteEntry> Routes { get; init; } = [];

    /// <summary>What <c>after</c> takes for the next page; absent at the end.</summary>
    [JsonPropertyName("next")]
    public string? Next { get; init; }
}
