using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>What is done with communities of one kind.</summary>
public sealed record BgpCommunityActionArguments
{
    /// <summary><c>add</c>, <c>remove</c> or <c>replace</c>.</summary>
    [JsonPropertyName("options")]
    public string? Option { get; init; }

    /// <summary>The communities.</summary>
    [JsonPropertyName("setCommunityMethod")]
    public IReadOnlyList<string?>? Communities { get; init; }
}
