using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A BGP route.</summary>
public sealed record BgpRouteEntry
{
    /// <summary>The prefix.</summary>
    [JsonPropertyName("prefix")]
    public string Prefix { get; init; } = "";

    /// <summary>The peer that it came from, or goes to; absent for an own announcement.</summary>
    [JsonPropertyName("peer")]
    public string? Peer { get; init; }

    /// <summary>Identifier of the path (RFC 7911).</summary>
    [JsonPropertyName("pathId")]
    public long? PathId { get; init; }

    /// <summary>Next hop; absent: the own address of each session.</summary>
    [JsonPropertyName("nextHop")]
    public string? NextHop { get; init; }

    /// <summary>AS_PATH.</summary>
    [JsonPropertyName("asPath")]
    public string AsPath { get; init; } = "";

    /// <summary><c>igp</c>, <c>egp</c> or <c>incomplete</c>.</summary>
    [JsonPropertyName("origin")]
    public string Origin { get; init; } = "";

    /// <summary>MED.</summary>
    [JsonPropertyName("med")]
    public long? Med { get; init; }

    /// <summary>LOCAL_PREF.</summary>
    [JsonPropertyName("localPreference")]
    public long? LocalPreference { get; init; }

    /// <summary>Communities.</summary>
    [JsonPropertyName("communities")]
    public IReadOnlyList<string>? Communities { get; init; }

    /// <summary>Extended communities.</summary>
    [JsonPropertyName("extendedCommunities")]
    public IReadOnlyList<string>? ExtendedCommunities { get; init; }

    /// <summary>Large communities.</summary>
    [JsonPropertyName("largeCommunities")]
    public IReadOnlyList<string>? LargeCommunities { get; init; }

    /// <summary>Whether it is the best of its prefix.</summary>
    [JsonPropertyName("best")]
    public bool Best { get; init; }

    /// <summary>Whether it shares the traffic with the best.</summary>
    [JsonPropertyName("multipath")]
    public bool Multipath { get; init; }

    /// <summary>Whether it is kept after the loss of its session.</summary>
    [JsonPropertyName("stale")]
    public bool Stale { get; init; }

    /// <summary>Why it is not used.</summary>
    [JsonPropertyName("rejection")]
    public string? Rejection { get; init; }
}
