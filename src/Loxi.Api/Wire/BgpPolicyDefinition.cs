using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A policy: what <c>POST /netlox/v1/config/bgp/policy/definitions</c> takes and <c>GET</c> shows.</summary>
public sealed record BgpPolicyDefinition
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Its statements, tried in order.</summary>
    [JsonPropertyName("statements")]
    public IReadOnlyList<BgpPolicyStatementArguments?>? Statements { get; init; }
}
