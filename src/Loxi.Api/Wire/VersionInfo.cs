using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer of <c>GET /netlox/v1/version</c>.</summary>
public sealed record VersionInfo
{
    /// <summary>Version of the node.</summary>
    [JsonPropertyName("version")]
    public string? Version { get; init; }

    /// <summary>Build of the node.</summary>
    [JsonPropertyName("buildInfo")]
    public string? BuildInfo { get; init; }
}
