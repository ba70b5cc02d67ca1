using System.Text.Json.Serialization;
using Loxi.Api.Wire;

namespace Loxi.Node.State;

/// <summary>The text of <c>endpoints.json</c>.</summary>
internal sealed record EndpointDocument
{
    /// <summary>The version of the format.</summary>
    [JsonPropertyName("version")]
    public long Version { get; init; }

    /// <summary>The configured endpoints, as <c>POST /netlox/v1/config/endpoint</c> has them; null for none.</summary>
    [JsonPropertyName("endpoints")]
    public IReadOnlyList<EndpointArguments>? Endpoints { get; init; }

    /// <summary>States that are set by hand, as <c>POST /netlox/v1/config/endpointhoststate</c> has them; null for none.</summary>
    [JsonPropertyName("states")]
    public IReadOnlyList<EndpointHostState>? States { get; init; }
}
