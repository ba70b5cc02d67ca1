using System.Text.Json.Serialization;

namespace Loxi.Node.State;

/// <summary>The text of <c>roles.json</c>.</summary>
internal sealed record RoleDocument
{
    /// <summary>The version of the format.</summary>
    [JsonPropertyName("version")]
    public long? Version { get; init; }

    /// <summary>Whether a role has ever been posted to this node.</summary>
    [JsonPropertyName("external")]
    public bool External { get; init; }
}
