using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A BGP peer and how it fares.</summary>
public sealed record BgpPeer
{
    /// <summary>The peer.</summary>
    [JsonPropertyName("address")]
    public string Address { get; init; } = "";

    /// <summary>Interface of a link-local peer.</summary>
    [JsonPropertyName("interface")]
    public string? Interface { get; init; }

    /// <summary>Its description.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }

    /// <summary>Its AS.</summary>
    [JsonPropertyName("remoteAs")]
    public long RemoteAs { get; init; }

    /// <summary>The AS that the node is for it.</summary>
    [JsonPropertyName("localAs")]
    public long LocalAs { get; init; }

    /// <summary>State of its session: <c>idle</c>, <c>connect</c>, <c>active</c>, <c>open-sent</c>, <c>open-confirm</c> or <c>established</c>.</summary>
    [JsonPropertyName("state")]
    public string State { get; init; } = "";

    /// <summary>For how many seconds it has been Established, or has not been.</summary>
    [JsonPropertyName("seconds")]
    public long Seconds { get; init; }

    /// <summary>Whether it connected from a range of addresses.</summary>
    [JsonPropertyName("dynamic")]
    public bool Dynamic { get; init; }

    /// <summary>What stands against a session.</summary>
    [JsonPropertyName("held")]
    public string? Held { get; init; }

    /// <summary>What was agreed on; absent while it is not Established.</summary>
    [JsonPropertyName("session")]
    public BgpSession? Session { get; init; }

    /// <summary>Its routes.</summary>
    [JsonPropertyName("families")]
    public IReadOnlyList<BgpFamilyCounts> Families { get; init; } = [];

    /// <summary>What was counted.</summary>
    [JsonPropertyName("counters")]
    public BgpMessageCounters Counters { get; init; } = new();

    /// <summary>Why the last session or attempt ended.</summary>
    [JsonPropertyName("lastEnd")]
    public BgpEnd? LastEnd { get; init; }

    /// <summary>The last 16 ends, the oldest first; only of one peer.</summary>
    [JsonPropertyName("ends")]
    public IReadOnlyList<BgpEnd>? Ends { get; init; }

    /// <summary>The last 16 malformed messages, the oldest first; only of one peer.</summary>
    [JsonPropertyName("malformed")]
    public IReadOnlyList<BgpMalformed>? Malformed { get; init; }
}
