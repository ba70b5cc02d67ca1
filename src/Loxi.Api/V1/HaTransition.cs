using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A change of a role.</summary>
public sealed record HaTransition
{
    /// <summary>When.</summary>
    [JsonPropertyName("time")]
    public DateTimeOffset Time { get; init; }

    /// <summary>The role before.</summary>
    [JsonPropertyName("from")]
    public string From { get; init; } = "";

    /// <summary>The role after.</summary>
    [JsonPropertyName("to")]
    public string To { get; init; } = "";

    /// <summary>Why.</summary>
    [JsonPropertyName("cause")]
    public string Cause { get; init; } = "";

    /// <summary>The term: text, because it has 64 bits.</summary>
    [JsonPropertyName("term")]
    public string Term { get; init; } = "0";

    /// <summary>The other node that had to do with it.</summary>
    [JsonPropertyName("peer")]
    public int? Peer { get; init; }
}
