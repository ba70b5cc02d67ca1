using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A condition on the length of AS_PATH.</summary>
public sealed record BgpAsPathLengthCondition
{
    /// <summary><c>eq</c>, <c>ge</c> or <c>le</c>.</summary>
    [JsonPropertyName("operator")]
    public string? Operator { get; init; }

    /// <summary>The length.</summary>
    [JsonPropertyName("value")]
    public long? Value { get; init; }
}
