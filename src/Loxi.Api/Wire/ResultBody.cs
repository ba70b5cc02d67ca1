using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer to a change that was made.</summary>
public sealed record ResultBody
{
    /// <summary><c>Success</c>.</summary>
    [JsonPropertyName("result")]
    public string? Result { get; init; }
}
