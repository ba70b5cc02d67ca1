using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>Conditions on attributes. A condition without a value is none.</summary>
public sealed record BgpConditions
{
    /// <summary>Families: <c>ipv4</c> (or <c>ipv4-unicast</c>), <c>ipv6</c> (or <c>ipv6-unicast</c>).</summary>
    [JsonPropertyName("afiSafiIn")]
    public IReadOnlyList<string?>? Families { get; init; }

    /// <summary>Length of AS_PATH.</summary>
    [JsonPropertyName("asPathLength")]
    public BgpAsPathLengthCondition? AsPathLength { get; init; }

    /// <summary>AS_PATH.</summary>
    [JsonPropertyName("matchAsPathSet")]
    public BgpSetCondition? AsPathSet { get; init; }

    /// <summary>Communities.</summary>
    [JsonPropertyName("matchCommunitySet")]
    public BgpSetCondition? CommunitySet { get; init; }

    /// <summary>Extended communities.</summary>
    [JsonPropertyName("matchExtCommunitySet")]
    public BgpSetCondition? ExtendedCommunitySet { get; init; }

    /// <summary>Large communities.</summary>
    [JsonPropertyName("matchLargeCommunitySet")]
    public BgpSetCondition? LargeCommunitySet { get; init; }

    /// <summary>The same under the name that kube-loxilb has for it; never written.</summary>
    [JsonPropertyName("largeCommunitySet")]
    public BgpSetCondition? LargeCommunitySetOfClients { get; init; }

    /// <summary>Next hops: addresses or prefixes.</summary>
    [JsonPropertyName("nextHopInList")]
    public IReadOnlyList<string?>? NextHops { get; init; }

    /// <summary><c>internal</c>, <c>external</c> or <c>local</c>.</summary>
    [JsonPropertyName("routeType")]
    public string? RouteType { get; init; }

    /// <summary>Not a function of this version: must be absent, empty or <c>none</c>.</summary>
    [JsonPropertyName("rpki")]
    public string? Rpki { get; init; }
}
