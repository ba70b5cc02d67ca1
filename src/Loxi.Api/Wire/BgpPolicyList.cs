using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer of <c>GET /netlox/v1/config/bgp/policy/definitions/all</c>.</summary>
public sealed record BgpPolicyList
{
    /// <summary>The policies, in the order of their names.</summary>
    [JsonPropertyName("bgpPolicyAttr")]
    public IReadOnlyList<BgpPolicyDefinition>? Policies { get; init; }
}
