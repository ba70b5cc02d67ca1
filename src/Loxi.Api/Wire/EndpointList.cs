using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer of <c>GET /netlox/v1/config/endpoint/all</c>.</summary>
public sealed record EndpointList
{
    /// <summary>The endpoints that services use and those that were configured, each address, protocol and port once.</summary>
    [JsonPropertyName("Attr")]
    public IReadOnlyList<EndpointEntry>? Endpoints { get; init; }
}
