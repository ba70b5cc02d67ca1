using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>Why a BGP session, or an attempt at one, ended.</summary>
public sealed record BgpEnd
{
    /// <summary>When; of several that are equal the last.</summary>
    [JsonPropertyName("time")]
    public DateTimeOffset Time { get; init; }

    /// <summary>Why.</summary>
    [JsonPropertyName("text")]
    public string Text { get; init; } = "";

    /// <summary>The state that ended.</summary>
    [JsonPropertyName("state")]
    public string State { get; init; } = "";

    /// <summary>Whether the peer ended it.</summary>
    [JsonPropertyName("remote")]
    public bool Remote { get; init; }

    /// <summary>Error code of the NOTIFICATION.</summary>
    [JsonPropertyName("code")]
    public int? Code { get; init; }

    /// <summary>Its subcode.</summary>
    [JsonPropertyName("subcode")]
    public int? Subcode { get; init; }

    /// <summary>How often it came in a row.</summary>
    [JsonPropertyName("count")]
    public int Count { get; init; }
}
