using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>One thing that stands against a failover.</summary>
public sealed record HaFinding
{
    /// <summary>What was looked at, e.g. <c>clock</c> or <c>interface eth0</c>.</summary>
    [JsonPropertyName("subject")]
    public string Subject { get; init; } = "";

    /// <summary>What was found.</summary>
    [JsonPropertyName("found")]
    public string Found { get; init; } = "";

    /// <summary>What was expected.</summary>
    [JsonPropertyName("expected")]
    public string Expected { get; init; } = "";

    /// <summary>How to mend it.</summary>
    [JsonPropertyName("remedy")]
    public string Remedy { get; init; } = "";
}
