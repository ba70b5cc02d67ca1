using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>The answer of <c>GET /loxi/v1/bgp/peers</c>.</summary>
public sealed record BgpPeerList
{
    /// <summary>The peers, in the order of their addresses.</summary>
    [JsonPropertyName("peers")]
    public IReadOnlyList<BgpPeer> Peers { get; init; } = [];
}
