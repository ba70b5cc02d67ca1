using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer of <c>GET /netlox/v1/config/bgp/policy/definedsets/TYPE/all</c>.</summary>
public sealed record BgpDefinedSetList
{
    /// <summary>The sets, in the order of their names.</summary>
    [JsonPropertyName("definedsetsAttr")]
    public IReadOnlyList<BgpDefinedSet>? Sets { get; init; }
}
