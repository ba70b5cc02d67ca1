using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The body of <c>POST /netlox/v1/config/bgp/global</c>: who the BGP speaker is. The members after <see cref="ListenPort"/> are Loxi's own; of a speaker that is there they stay as they are where they are absent.</summary>
public sealed record BgpGlobalArguments
{
    /// <summary>Own AS, 1 to 4,294,967,295, not 23456. Required for a new speaker; 0 is as absent.</summary>
    [JsonPropertyName("localAs")]
    public long? LocalAs { get; init; }

    /// <summary>BGP identifier, an IPv4 address. Empty: as it is; for a new speaker what the node's flag says, else its greatest IPv4 address that is not a loopback one.</summary>
    [JsonPropertyName("routerId")]
    public string? RouterId { get; init; }

    /// <summary>Whether the node is the next hop of all routes to peers, but for those that say otherwise. Default: false.</summary>
    [JsonPropertyName("setNextHopSelf")]
    public bool? SetNextHopSelf { get; init; }

    /// <summary>TCP port to listen on, 1 to 65,535. 0: what the node's flag says, else 179.</summary>
    [JsonPropertyName("listenPort")]
    public long? ListenPort { get; init; }

    /// <summary>Own addresses to listen on; an empty list: what the node's flag says, else all. Default: empty.</summary>
    [JsonPropertyName("listenAddresses")]
    public IReadOnlyList<string?>? ListenAddresses { get; init; }

    /// <summary>Whether not to listen at all: every peer is connected to. Default: false.</summary>
    [JsonPropertyName("passive")]
    public bool? Passive { get; init; }

    /// <summary>Restart time told to peers with graceful restart, 1 to 4,095 s. Default: 120.</summary>
    [JsonPropertyName("restartTime")]
    public long? RestartTime { get; init; }

    /// <summary>Most paths of a prefix that share its traffic, 1 to 64. Default: 8.</summary>
    [JsonPropertyName("maximumPaths")]
    public long? MaximumPaths { get; init; }

    /// <summary>How the best of several routes is chosen.</summary>
    [JsonPropertyName("bestPath")]
    public BgpBestPathArguments? BestPath { get; init; }
}
