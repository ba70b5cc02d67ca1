using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>What became of the planned move of a VIP group.</summary>
public sealed record HaMove
{
    /// <summary>The VIP group.</summary>
    [JsonPropertyName("group")]
    public string Group { get; init; } = "";

    /// <summary>The node that served.</summary>
    [JsonPropertyName("from")]
    public int? From { get; init; }

    /// <summary>The node that serves now; absent when it is the same as before.</summary>
    [JsonPropertyName("to")]
    public int? To { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    [JsonPropertyName("time")]
    public decimal Time { get; init; }

    /// <summary>Why the group was not moved; absent when it was.</summary>
    [JsonPropertyName("problem")]
    public string? Problem { get; init; }
}
