using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>When a statement applies. A condition without a value is none.</summary>
public sealed record BgpPolicyConditionArguments
{
    /// <summary>The prefix.</summary>
    [JsonPropertyName("matchPrefixSet")]
    public BgpSetCondition? PrefixSet { get; init; }

    /// <summary>The peer.</summary>
    [JsonPropertyName("matchNeighborSet")]
    public BgpSetCondition? NeighborSet { get; init; }

    /// <summary>Attributes.</summary>
    [JsonPropertyName("bgpConditions")]
    public BgpConditions? Attributes { get; init; }
}
