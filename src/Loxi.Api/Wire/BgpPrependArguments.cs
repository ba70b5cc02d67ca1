using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>What is prepended to AS_PATH.</summary>
public sealed record BgpPrependArguments
{
    /// <summary>An AS, or <c>last-as</c>.</summary>
    [JsonPropertyName("as")]
    public string? As { get; init; }

    /// <summary>How often, 1 to 10.</summary>
    [JsonPropertyName("repeatN")]
    public long? Count { get; init; }
}
