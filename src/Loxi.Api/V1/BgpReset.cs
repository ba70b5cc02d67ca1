using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>The body of <c>POST /loxi/v1/bgp/peers/IP/reset</c>.</summary>
public sealed record BgpReset
{
    /// <summary><c>hard</c>, <c>soft</c>, <c>soft-in</c> or <c>soft-out</c>. Default: hard.</summary>
    [JsonPropertyName("kind")]
    public string? Kind { get; init; }

    /// <summary>Told to the peer by a hard reset (RFC 9003), at most 255 bytes.</summary>
    [JsonPropertyName("text")]
    public string? Text { get; init; }
}
