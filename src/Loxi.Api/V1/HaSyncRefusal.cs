using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A connection of sync that was refused, or not made.</summary>
public sealed record HaSyncRefusal
{
    /// <summary>When.</summary>
    [JsonPropertyName("time")]
    public DateTimeOffset Time { get; init; }

    /// <summary>Why, e.g. <c>not-pinned</c>.</summary>
    [JsonPropertyName("reason")]
    public string Reason { get; init; } = "";

    /// <summary>Where the other end is.</summary>
    [JsonPropertyName("remote")]
    public string Remote { get; init; } = "";

    /// <summary>Why, in words.</summary>
    [JsonPropertyName("text")]
    public string Text { get; init; } = "";
}
