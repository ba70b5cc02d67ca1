using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer of <c>GET /netlox/v1/config/loadbalancer/all</c>; also the shape of loxilb's <c>lbconfig.txt</c>.</summary>
public sealed record LoadbalanceList
{
    /// <summary>The services; never absent in an answer.</summary>
    [JsonPropertyName("lbAttr")]
    public IReadOnlyList<LoadbalanceEntry?>? Services { get; init; }
}
