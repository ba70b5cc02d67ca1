using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>What a statement does.</summary>
public sealed record BgpPolicyActionArguments
{
    /// <summary><c>accept-route</c>, <c>reject-route</c>; empty or <c>none</c>: the next statement goes on.</summary>
    [JsonPropertyName("routeDisposition")]
    public string? Disposition { get; init; }

    /// <summary>Changes of attributes.</summary>
    [JsonPropertyName("bgpActions")]
    public BgpActions? Attributes { get; init; }
}
