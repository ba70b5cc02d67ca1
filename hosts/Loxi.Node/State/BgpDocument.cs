using System.Text.Json.Serialization;
using Loxi.Api.Wire;

namespace Loxi.Node.State;

/// <summary>The text of <c>bgp.json</c>: each part as its <c>POST</c> takes it, the peers with their passwords.</summary>
internal sealed record BgpDocument
{
    /// <summary>The version of the format.</summary>
    [JsonPropertyName("version")]
    public long? Version { get; init; }

    /// <summary>The speaker.</summary>
    [JsonPropertyName("global")]
    public BgpGlobalArguments? Global { get; init; }

    /// <summary>The peers.</summary>
    [JsonPropertyName("neighbors")]
    public IReadOnlyList<BgpNeighborArguments>? Neighbors { get; init; }

    /// <summary>The dynamic neighbours.</summary>
    [JsonPropertyName("dynamicNeighbors")]
    public IReadOnlyList<BgpDynamicNeighborArguments>? DynamicNeighbors { get; init; }

    /// <summary>The defined sets by kind.</summary>
    [JsonPropertyName("definedsets")]
    public IReadOnlyDictionary<string, IReadOnlyList<BgpDefinedSet>>? DefinedSets { get; init; }

    /// <summary>The policies.</summary>
    [JsonPropertyName("definitions")]
    public IReadOnlyList<BgpPolicyDefinition>? Definitions { get; init; }
}
