using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>Clients that may connect to a service.</summary>
public sealed record AllowedSource
{
    /// <summary>Their prefix, e.g. <c>192.0.2.0/24</c>.</summary>
    [JsonPropertyName("prefix")]
    public string? Prefix { get; init; }
}
