using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The answer of <c>GET /netlox/v1/config/conntrack/all</c>.</summary>
public sealed record ConntrackList
{
    /// <summary>Two entries per connection, one for each direction; one with direct server return, where the way back does not pass the node.</summary>
    [JsonPropertyName("ctAttr")]
    public IReadOnlyList<ConntrackEntry>? Entries { get; init; }
}
