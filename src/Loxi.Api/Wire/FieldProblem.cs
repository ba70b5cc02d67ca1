using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>One member of a request that was refused.</summary>
public sealed record FieldProblem
{
    /// <summary>Path of the member, e.g. <c>serviceArguments.port</c>.</summary>
    [JsonPropertyName("field")]
    public string? Field { get; init; }

    /// <summary>What it held.</summary>
    [JsonPropertyName("value")]
    public string? Value { get; init; }

    /// <summary>What would have been accepted.</summary>
    [JsonPropertyName("expected")]
    public string? Expected { get; init; }
}
