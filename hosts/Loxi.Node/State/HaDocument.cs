using System.Text.Json.Serialization;
using Loxi.Api.V1;

namespace Loxi.Node.State;

/// <summary>The text of <c>ha.json</c>.</summary>
internal sealed record HaDocument
{
    /// <summary>The version of the format.</summary>
    [JsonPropertyName("version")]
    public long? Version { get; init; }

    /// <summary>The other nodes; absent: those of the flags.</summary>
    [JsonPropertyName("peers")]
    public IReadOnlyList<HaPeerSettings>? Peers { get; init; }

    /// <summary>That the node is drained; absent when it is not.</summary>
    [JsonPropertyName("drain")]
    public DrainDocument? Drain { get; init; }

    /// <summary>Mode, sending key and keys, with their secrets; absent: those of the flags. Without keys: those of the file of <c>--ha-keys</c>.</summary>
    [JsonPropertyName("authentication")]
    public HaKeysArguments? Authentication { get; init; }
}
