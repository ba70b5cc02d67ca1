using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>How many packets of a BFD session were discarded for a reason.</summary>
public sealed record BfdDiscardCounter
{
    /// <summary>The reason, e.g. <c>ttl</c> or <c>authenticationDigest</c>.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>How many.</summary>
    [JsonPropertyName("packets")]
    public ulong Packets { get; init; }
}
