using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>The body of <c>POST /netlox/v1/config/bgp/neigh</c>: makes a peer, or changes the one with the same address. Of a peer that is there, what is absent stays as it is.
/// The members after <see cref="SetMultiHop"/> are Loxi's own.</summary>
public record BgpNeighborArguments
{
    /// <summary>The text that the session is closed with, where this takes it down (RFC 9003), at most 255 bytes. Not kept.</summary>
    [JsonPropertyName("shutdownText")]
    public string? ShutdownText { get; init; }

    /// <summary>Address of the peer. Required.</summary>
    [JsonPropertyName("ipAddress")]
    public string? IPAddress { get; init; }

    /// <summary>Its AS, 1 to 4,294,967,295, not 23456. Required for a new peer; 0 is as absent.</summary>
    [JsonPropertyName("remoteAs")]
    public long? RemoteAs { get; init; }

    /// <summary>Its TCP port, 1 to 65,535; 0 is as absent. Default: 179.</summary>
    [JsonPropertyName("remotePort")]
    public long? RemotePort { get; init; }

    /// <summary>Whether an eBGP peer may be several hops away, <see cref="MultihopTtl"/> 8. Default: false.</summary>
    [JsonPropertyName("setMultiHop")]
    public bool? SetMultiHop { get; init; }

    /// <summary>TTL of packets to an eBGP peer, 1 to 255. Default: 1, a peer on the link.</summary>
    [JsonPropertyName("multihopTtl")]
    public long? MultihopTtl { get; init; }

    /// <summary>Free text, at most 128 characters.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }

    /// <summary>Own address of the connection; empty: the route chooses it.</summary>
    [JsonPropertyName("localAddress")]
    public string? LocalAddress { get; init; }

    /// <summary>Interface or VRF that the connection is bound to; a link-local peer needs it. Empty: any.</summary>
    [JsonPropertyName("interface")]
    public string? Interface { get; init; }

    /// <summary>Whether router advertisements with lifetime 0 go out on the interface, for peers that find their neighbour by them. Default: false.</summary>
    [JsonPropertyName("routerAdvertisements")]
    public bool? RouterAdvertisements { get; init; }

    /// <summary>The AS that the node is for this peer; 0: the speaker's.</summary>
    [JsonPropertyName("localAs")]
    public long? LocalAs { get; init; }

    /// <summary>What is carried: <c>ipv4</c>, <c>ipv6</c>; an empty list: both. Default: both.</summary>
    [JsonPropertyName("families")]
    public IReadOnlyList<string?>? Families { get; init; }

    /// <summary>Whether to wait for the peer to connect. Default: false.</summary>
    [JsonPropertyName("passive")]
    public bool? Passive { get; init; }

    /// <summary>Whether the session is held down. Default: false.</summary>
    [JsonPropertyName("shutdown")]
    public bool? Shutdown { get; init; }

    /// <summary>How many hops away the peer may be at most (GTSM, RFC 5082), 1 to 254; 0: not checked. Default: 0.</summary>
    [JsonPropertyName("gtsmHops")]
    public long? GtsmHops { get; init; }

    /// <summary>Key of TCP MD5 (RFC 2385), 1 to 80 bytes; empty: none. Never shown.</summary>
    [JsonPropertyName("password")]
    public string? Password { get; init; }

    /// <summary>Key of TCP-AO (RFC 5925), instead of <see cref="Password"/>; refused where the kernel has no TCP-AO. Default: none.</summary>
    [JsonPropertyName("tcpAo")]
    public BgpTcpAoArguments? TcpAo { get; init; }

    /// <summary>Hold time to offer in seconds, 0 for none, else 3 to 65,535. Default: 90.</summary>
    [JsonPropertyName("holdTime")]
    public long? HoldTime { get; init; }

    /// <summary>Seconds between KEEPALIVEs at most, 1 to 65,535; 0: a third of the hold time. Default: 0.</summary>
    [JsonPropertyName("keepalive")]
    public long? Keepalive { get; init; }

    /// <summary>First ConnectRetry time in milliseconds, 100 to 300,000; 0: 1,000. Default: 1,000.</summary>
    [JsonPropertyName("connectRetry")]
    public long? ConnectRetry { get; init; }

    /// <summary>Longest ConnectRetry time in milliseconds, from the first one to 3,600,000; 0: 30,000. Default: 30,000.</summary>
    [JsonPropertyName("connectRetryLimit")]
    public long? ConnectRetryLimit { get; init; }

    /// <summary>Seconds to wait for the peer's OPEN, 3 to 3,600; 0: 240. Default: 240.</summary>
    [JsonPropertyName("openHoldTime")]
    public long? OpenHoldTime { get; init; }

    /// <summary>Seconds that sending may be blocked (RFC 9687), 3 to 65,535; 0: the larger of 480 and twice the hold time. Default: 0.</summary>
    [JsonPropertyName("sendHoldTime")]
    public long? SendHoldTime { get; init; }

    /// <summary>Whether graceful restart is offered (RFC 4724, 8538). Default: false.</summary>
    [JsonPropertyName("gracefulRestart")]
    public bool? GracefulRestart { get; init; }

    /// <summary>Seconds that stale routes may be kept (RFC 9494), 1 to 16,777,215, with <see cref="GracefulRestart"/>; 0: not offered. Default: 0.</summary>
    [JsonPropertyName("longLivedStaleTime")]
    public long? LongLivedStaleTime { get; init; }

    /// <summary>Whether several paths of a prefix are taken (RFC 7911). Default: false.</summary>
    [JsonPropertyName("addPathReceive")]
    public bool? AddPathReceive { get; init; }

    /// <summary>Most paths of a prefix to send (RFC 7911), 1 to 64; 0: 1. Default: 1.</summary>
    [JsonPropertyName("addPathSend")]
    public long? AddPathSend { get; init; }

    /// <summary>What the node is for an eBGP peer (RFC 9234): <c>provider</c>, <c>route-server</c>, <c>route-server-client</c>, <c>customer</c>, <c>peer</c>; <c>none</c> takes it away. Default: none.</summary>
    [JsonPropertyName("role")]
    public string? Role { get; init; }

    /// <summary>Whether a peer without a role is refused. Default: false.</summary>
    [JsonPropertyName("roleStrict")]
    public bool? RoleStrict { get; init; }

    /// <summary>Whether routes of an eBGP peer must begin with its AS. Default: true.</summary>
    [JsonPropertyName("enforceFirstAs")]
    public bool? EnforceFirstAs { get; init; }

    /// <summary>How often the own AS may be in the path of a route, 0 to 10. Default: 0.</summary>
    [JsonPropertyName("allowOwnAs")]
    public long? AllowOwnAs { get; init; }

    /// <summary>Whether IPv4 prefixes may have IPv6 next hops (RFC 8950). Default: false.</summary>
    [JsonPropertyName("ipv4OverIpv6NextHop")]
    public bool? Ipv4OverIpv6NextHop { get; init; }

    /// <summary>Whether messages of 65,535 octets are offered (RFC 8654). Default: true.</summary>
    [JsonPropertyName("extendedMessages")]
    public bool? ExtendedMessages { get; init; }

    /// <summary>Most prefixes of a family that the peer may announce, 1 to 10,000,000; 0: no limit. Default: 0.</summary>
    [JsonPropertyName("prefixLimit")]
    public long? PrefixLimit { get; init; }

    /// <summary>From which part of the limit on a warning is logged, 1 to 100; 0: 75. Default: 75.</summary>
    [JsonPropertyName("prefixWarningPercent")]
    public long? PrefixWarningPercent { get; init; }

    /// <summary>Seconds after which a session over its limit is tried again, 1 to 86,400; 0: when it is reset by hand. Default: 0.</summary>
    [JsonPropertyName("prefixLimitRestart")]
    public long? PrefixLimitRestart { get; init; }

    /// <summary>Whether the node is the next hop of all routes to the peer. Default: what <c>setNextHopSelf</c> of the speaker says.</summary>
    [JsonPropertyName("nextHopSelf")]
    public bool? NextHopSelf { get; init; }

    /// <summary>Whether the peer is a node of the own cluster, whose VIP routes are neither used nor passed on. Default: false.</summary>
    [JsonPropertyName("clusterMember")]
    public bool? ClusterMember { get; init; }

    /// <summary>Names of the policies that its routes pass, in order.</summary>
    [JsonPropertyName("importPolicies")]
    public IReadOnlyList<string?>? ImportPolicies { get; init; }

    /// <summary>What becomes of a route that none of them decides on: <c>accept</c>, <c>reject</c>, or <c>auto</c>: rejected from an eBGP peer, accepted from an iBGP peer. Default: auto.</summary>
    [JsonPropertyName("importDefault")]
    public string? ImportDefault { get; init; }

    /// <summary>Names of the policies that routes to it pass, in order.</summary>
    [JsonPropertyName("exportPolicies")]
    public IReadOnlyList<string?>? ExportPolicies { get; init; }

    /// <summary>What becomes of a learned route that none of them decides on: <c>accept</c>, <c>reject</c>, or <c>auto</c>, which rejects it. Own announcements go out unless a policy rejects them. Default: auto.</summary>
    [JsonPropertyName("exportDefault")]
    public string? ExportDefault { get; init; }

    /// <summary>Whether the session follows BFD with the peer: <c>off</c>, <c>follow</c>, <c>strict</c>, <c>strict-local</c>. Default: off.</summary>
    [JsonPropertyName("bfd")]
    public string? Bfd { get; init; }

    /// <summary>The peer and its AS.</summary>
    /// <returns>The text, without the password.</returns>
    public sealed override string ToString() => $"peer {IPAddress} AS {RemoteAs}";
}
