using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer of <c>GET /netlox/v1/config/cistate/all</c>.</summary>
public sealed record ClusterStateList
{
    /// <summary>The instances.</summary>
    [JsonPropertyName("Attr")]
    public IReadOnlyList<ClusterState>? Instances { get; init; }
}
