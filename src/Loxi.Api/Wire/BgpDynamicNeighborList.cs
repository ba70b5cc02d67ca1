using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer of <c>GET /netlox/v1/config/bgp/dynamicneigh/all</c>.</summary>
public sealed record BgpDynamicNeighborList
{
    /// <summary>The entries, in the order of their prefixes.</summary>
    [JsonPropertyName("bgpDynamicNeiAttr")]
    public IReadOnlyList<BgpDynamicNeighborEntry>? Neighbors { get; init; }
}
