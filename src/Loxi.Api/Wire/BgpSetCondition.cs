using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A condition on a defined set. Which member names the set depends on its kind; loxilb spells the option in two ways.</summary>
public sealed record BgpSetCondition
{
    /// <summary>The set of prefixes.</summary>
    [JsonPropertyName("prefixSet")]
    public string? PrefixSet { get; init; }

    /// <summary>The set of peers.</summary>
    [JsonPropertyName("neighborSet")]
    public string? NeighborSet { get; init; }

    /// <summary>The set of AS paths.</summary>
    [JsonPropertyName("asPathSet")]
    public string? AsPathSet { get; init; }

    /// <summary>The set of communities of any kind.</summary>
    [JsonPropertyName("communitySet")]
    public string? CommunitySet { get; init; }

    /// <summary><c>any</c>, <c>all</c> or <c>invert</c>, of prefixes and peers. Default: any.</summary>
    [JsonPropertyName("matchSetOption")]
    public string? Option { get; init; }

    /// <summary>The same, of the others.</summary>
    [JsonPropertyName("matchSetOptions")]
    public string? Options { get; init; }
}
