using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>Whether a node takes no roles, and what became of those that it had.</summary>
public sealed record HaDrain
{
    /// <summary>Whether the node is drained: it takes no role while another node is heard.</summary>
    [JsonPropertyName("drained")]
    public bool Drained { get; init; }

    /// <summary>The VIP groups that it served, by name.</summary>
    [JsonPropertyName("moves")]
    public IReadOnlyList<HaMove> Moves { get; init; } = [];
}
