using System.Text.Json.Serialization;

namespace Loxi.Node.State;

/// <summary>That a node is drained, in <c>ha.json</c>.</summary>
internal sealed record DrainDocument
{
    /// <summary>VIP groups that were pinned by hand: they stay so when the node resumes.</summary>
    [JsonPropertyName("pinned")]
    public IReadOnlyList<string>? Pinned { get; init; }
}
