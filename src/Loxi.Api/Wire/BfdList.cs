using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer of <c>GET /netlox/v1/config/bfd/all</c>.</summary>
public sealed record BfdList
{
    /// <summary>The sessions, in the order of their peers.</summary>
    [JsonPropertyName("Attr")]
    public IReadOnlyList<BfdEntry>? Sessions { get; init; }
}
