using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>The routes of one family with one peer.</summary>
public sealed record BgpFamilyCounts
{
    /// <summary><c>ipv4</c> or <c>ipv6</c>.</summary>
    [JsonPropertyName("family")]
    public string Family { get; init; } = "";

    /// <summary>Routes that the peer announces.</summary>
    [JsonPropertyName("received")]
    public int Received { get; init; }

    /// <summary>Those of them that are used.</summary>
    [JsonPropertyName("accepted")]
    public int Accepted { get; init; }

    /// <summary>Routes that were sent to the peer.</summary>
    [JsonPropertyName("advertised")]
    public int Advertised { get; init; }

    /// <summary>Routes and withdrawals that are due and not sent yet.</summary>
    [JsonPropertyName("pending")]
    public int Pending { get; init; }

    /// <summary>Own announcements that are due and that the peer has not been told; 0 at rest and in health.</summary>
    [JsonPropertyName("missing")]
    public int Missing { get; init; }

    /// <summary>Routes that are kept after the loss of a session.</summary>
    [JsonPropertyName("stale")]
    public int Stale { get; init; }

    /// <summary>Whether the peer has sent its first set of routes.</summary>
    [JsonPropertyName("endOfRib")]
    public bool EndOfRib { get; init; }
}
