using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>The answer of <c>GET /loxi/v1/ha/peers</c>.</summary>
public sealed record HaPeerList
{
    /// <summary>Where they come from: <c>flags</c>, or <c>stored</c> after the first change.</summary>
    [JsonPropertyName("origin")]
    public string Origin { get; init; } = "";

    /// <summary>The number of this node; cannot be changed while it runs.</summary>
    [JsonPropertyName("self")]
    public int Self { get; init; }

    /// <summary>The other nodes, by number.</summary>
    [JsonPropertyName("peers")]
    public IReadOnlyList<HaPeerSettings> Peers { get; init; } = [];
}
