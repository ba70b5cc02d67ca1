using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>Changes of attributes. An action without a value is none.</summary>
public sealed record BgpActions
{
    /// <summary>MED: <c>100</c>, <c>+10</c>, <c>-10</c>.</summary>
    [JsonPropertyName("setMed")]
    public string? Med { get; init; }

    /// <summary>Next hop: an address, <c>self</c>, <c>unchanged</c>.</summary>
    [JsonPropertyName("setNextHop")]
    public string? NextHop { get; init; }

    /// <summary>LOCAL_PREF, spelled as loxilb does; 0 is none.</summary>
    [JsonPropertyName("setLocalPerf")]
    public long? LocalPreference { get; init; }

    /// <summary>Communities.</summary>
    [JsonPropertyName("setCommunity")]
    public BgpCommunityActionArguments? Communities { get; init; }

    /// <summary>Extended communities.</summary>
    [JsonPropertyName("setExtCommunity")]
    public BgpCommunityActionArguments? ExtendedCommunities { get; init; }

    /// <summary>Large communities.</summary>
    [JsonPropertyName("setLargeCommunity")]
    public BgpCommunityActionArguments? LargeCommunities { get; init; }

    /// <summary>AS_PATH.</summary>
    [JsonPropertyName("setAsPathPrepend")]
    public BgpPrependArguments? Prepend { get; init; }
}
