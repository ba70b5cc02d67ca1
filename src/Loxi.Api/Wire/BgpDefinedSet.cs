using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A defined set: what <c>POST /netlox/v1/config/bgp/policy/definedsets/TYPE</c> takes and <c>GET</c> shows.</summary>
public sealed record BgpDefinedSet
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Its members, but for a set of prefixes.</summary>
    [JsonPropertyName("list")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<string?>? Values { get; init; }

    /// <summary>The members of a set of prefixes.</summary>
    [JsonPropertyName("prefixList")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<BgpPrefixRangeArguments?>? Prefixes { get; init; }
}
