using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary><c>GET</c> and <c>POST /netlox/v1/config/params</c>.</summary>
public sealed record NodeParameters
{
    /// <summary>trace, debug, info, warning, error, notice, critical, alert or emergency.</summary>
    [JsonPropertyName("logLevel")]
    public string? LogLevel { get; init; }
}
