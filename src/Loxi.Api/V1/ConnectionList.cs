using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>The answer of <c>GET /loxi/v1/connections</c>.</summary>
public sealed record ConnectionList
{
    /// <summary>The connections that match, at most as many as asked for.</summary>
    [JsonPropertyName("connections")]
    public IReadOnlyList<Connection> Connections { get; set; } = [];

    /// <summary>Whether more matched than were asked for.</summary>
    [JsonPropertyName("truncated")]
    public bool Truncated { get; set; }
}
