using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer of <c>GET /netlox/v1/config/bgp/neigh/all</c>.</summary>
public sealed record BgpNeighborList
{
    /// <summary>The peers, in the order of their addresses.</summary>
    [JsonPropertyName("bgpNeiAttr")]
    public IReadOnlyList<BgpNeighborEntry>? Neighbors { get; init; }
}
