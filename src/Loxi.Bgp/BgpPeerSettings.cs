using System.Collections.Immutable;
using System.Net;

namespace Loxi.Bgp;

/// <summary>A peer as it should be. Immutable; compares by value.</summary>
/// <param name="Address">The peer: unicast, IPv4 or IPv6. A link-local one needs <see cref="Interface"/> or a scope.</param>
/// <param name="RemoteAs">The peer's AS, 1 to 4,294,967,295, not 23456.</param>
public sealed record BgpPeerSettings(IPAddress Address, uint RemoteAs)
{
    /// <summary>TCP port of the peer, 1 to 65,535.</summary>
    /// <value>Default: 179.</value>
    public int RemotePort { get; init; } = 179;

    /// <summary>Free text for listings and logs, at most 128 characters.</summary>
    /// <value>Default: empty.</value>
    public string Description { get; init; } = "";

    /// <summary>Own address of the connection, of the peer's family; a connection that arrives at another one is refused.</summary>
    /// <value>Default: null, chosen by the route.</value>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>Name of the interface or VRF device that the connection is bound to, 1 to 15 bytes.</summary>
    /// <value>Default: null, any.</value>
    public string? Interface { get; init; }

    /// <summary>
    /// Whether router advertisements with lifetime 0 (RFC 4861) go out on <see cref="Interface"/>, for peers that find their neighbour by them (FRR's
    /// <c>neighbor eth0 interface</c>). Needs CAP_NET_RAW.
    /// </summary>
    /// <value>Default: false.</value>
    public bool RouterAdvertisements { get; init; }

    /// <summary>The AS that we are for this peer (local-as), as <see cref="RemoteAs"/>.</summary>
    /// <value>Default: null, the speaker's.</value>
    public uint? LocalAs { get; init; }

    /// <summary>Families to offer.</summary>
    /// <value>Default: both.</value>
    public ImmutableArray<BgpFamily> Families { get; init; } = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast];

    /// <summary>Whether to wait for the peer to connect.</summary>
    /// <value>Default: false.</value>
    public bool Passive { get; init; }

    /// <summary>Whether the session is held in Idle; a change closes it with Cease 6/2.</summary>
    /// <value>Default: false.</value>
    public bool AdministrativelyDown { get; init; }

    /// <summary>TTL of packets to an eBGP peer, 1 to 255; 1 is a peer on the link. iBGP peers and those with <see cref="GtsmHops"/> are always sent to with 255 or the system's default.</summary>
    /// <value>Default: 1.</value>
    public int MultihopTtl { get; init; } = 1;

    /// <summary>GTSM (RFC 5082): TTL 255 is sent, and 256 less this is required; 1 to 254, null for off.</summary>
    /// <value>Default: null.</value>
    public int? GtsmHops { get; init; }

    /// <summary>Key of TCP MD5 (RFC 2385), 1 to 80 bytes of UTF-8. Never logged nor shown.</summary>
    /// <value>Default: null, none.</value>
    public string? Md5Password { get; init; }

    /// <summary>Key of TCP-AO (RFC 5925), which takes the place of TCP MD5. Linux 6.7 with CONFIG_TCP_AO; refused where the kernel has none.</summary>
    /// <value>Default: null, none.</value>
    public BgpTcpAoKey? TcpAo { get; init; }

    /// <summary>Hold time to offer: zero for none, else 3 to 65,535 whole seconds (RFC 4271 4.2).</summary>
    /// <value>Default: 90 s.</value>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Interval of KEEPALIVEs at most, in seconds; a third of the negotiated hold time when that is shorter.</summary>
    /// <value>Default: null, a third of the negotiated hold time.</value>
    public TimeSpan? KeepaliveInterval { get; init; }

    /// <summary>First ConnectRetry time, 100 ms to 300 s; doubles at each failure up to <see cref="ConnectRetryLimit"/>, less up to 25 % jitter.</summary>
    /// <value>Default: 1 s.</value>
    public TimeSpan ConnectRetryTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest ConnectRetry time, from <see cref="ConnectRetryTime"/> to 3,600 s.</summary>
    /// <value>Default: 30 s.</value>
    public TimeSpan ConnectRetryLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for the peer's OPEN, 3 to 3,600 s (the "large" hold time of RFC 4271 8.2.2).</summary>
    /// <value>Default: 240 s.</value>
    public TimeSpan OpenHoldTime { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>How long a send may be blocked before the session is closed (RFC 9687), 3 to 65,535 s.</summary>
    /// <value>Default: null, the larger of 8 min and twice the hold time.</value>
    public TimeSpan? SendHoldTime { get; init; }

    /// <summary>Whether graceful restart is offered (RFC 4724), with the N bit of RFC 8538.</summary>
    /// <value>Default: false.</value>
    public bool GracefulRestart { get; init; }

    /// <summary>Long-lived graceful restart (RFC 9494): how long stale routes may be kept, 1 to 16,777,215 s; needs <see cref="GracefulRestart"/>.</summary>
    /// <value>Default: null, not offered.</value>
    public TimeSpan? LongLivedStaleTime { get; init; }

    /// <summary>Whether to take several paths of a prefix from the peer (RFC 7911).</summary>
    /// <value>Default: false.</value>
    public bool AddPathReceive { get; init; }

    /// <summary>Most paths of a prefix to send to the peer, 1 to 64; more than 1 offers ADD-PATH (RFC 7911).</summary>
    /// <value>Default: 1.</value>
    public int AddPathSend { get; init; } = 1;

    /// <summary>Own role (RFC 9234), eBGP only.</summary>
    /// <value>Default: null, none.</value>
    public BgpRole? Role { get; init; }

    /// <summary>Whether a peer without a role is refused (RFC 9234 4.2, strict mode); needs <see cref="Role"/>.</summary>
    /// <value>Default: false.</value>
    public bool RoleStrict { get; init; }

    /// <summary>Whether routes of an eBGP peer must begin with its AS (RFC 4271 6.3). Off towards route servers (RFC 7947).</summary>
    /// <value>Default: true.</value>
    public bool EnforceFirstAs { get; init; } = true;

    /// <summary>How often the own AS may be in the path of a route, 0 to 10 (allow-own-AS).</summary>
    /// <value>Default: 0.</value>
    public int AllowOwnAs { get; init; }

    /// <summary>Whether IPv4 prefixes may have IPv6 next hops (RFC 8950).</summary>
    /// <value>Default: false; implied where the session is over IPv6 link-local addresses.</value>
    public bool Ipv4OverIpv6NextHop { get; init; }

    /// <summary>Whether messages of 65,535 octets are offered (RFC 8654).</summary>
    /// <value>Default: true.</value>
    public bool ExtendedMessages { get; init; } = true;

    /// <summary>Most prefixes of a family that the peer may announce, 1 to 10,000,000; more end the session with Cease 6/1.</summary>
    /// <value>Default: null, no limit.</value>
    public int? PrefixLimit { get; init; }

    /// <summary>Percentage of <see cref="PrefixLimit"/> from which a warning is logged, 1 to 100.</summary>
    /// <value>Default: 75.</value>
    public int PrefixWarningPercent { get; init; } = 75;

    /// <summary>After how long a session that exceeded its prefix limit is tried again, 1 to 86,400 s.</summary>
    /// <value>Default: null, not before a reset by hand.</value>
    public TimeSpan? PrefixLimitRestart { get; init; }

    /// <summary>Whether the next hop of all routes to the peer is our own address of the session.</summary>
    /// <value>Default: false; eBGP peers get it anyway.</value>
    public bool NextHopSelf { get; init; }

    /// <summary>Whether the peer is a member of the own cluster: its VIP routes are neither installed nor passed on.</summary>
    /// <value>Default: false.</value>
    public bool IsClusterMember { get; init; }

    /// <summary>Names of the policies that routes from the peer pass, in order.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<string> ImportPolicies { get; init; } = [];

    /// <summary>What becomes of a route that no import policy decides on.</summary>
    /// <value>Default: null: rejected from an eBGP peer (RFC 8212), accepted from an iBGP peer.</value>
    public bool? ImportDefaultAccept { get; init; }

    /// <summary>Names of the policies that routes to the peer pass, in order.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<string> ExportPolicies { get; init; } = [];

    /// <summary>What becomes of a learned route that no export policy decides on. Own announcements are accepted unless a policy rejects them.</summary>
    /// <value>Default: null, rejected.</value>
    public bool? ExportDefaultAccept { get; init; }

    /// <summary>Whether the session follows BFD with the peer: BFD Down ends it with Cease 6/10 (RFC 9384).</summary>
    /// <value>Default: <see cref="BgpBfdMode.Off"/>.</value>
    public BgpBfdMode Bfd { get; init; }

    /// <summary>Whether the values are the same.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>True when they are.</returns>
    public bool Equals(BgpPeerSettings? other)
        => other is not null && Scalars() == other.Scalars() && Texts() == other.Texts() && Timers() == other.Timers() && Address.Equals(other.Address)
            && Equals(LocalAddress, other.LocalAddress) && Families.SequenceEqual(other.Families) && ImportPolicies.SequenceEqual(other.ImportPolicies)
            && ExportPolicies.SequenceEqual(other.ExportPolicies);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Address, RemoteAs, RemotePort);

    /// <summary>The peer and its AS.</summary>
    /// <returns>The text, without the password.</returns>
    public override string ToString() => $"{Address} AS {RemoteAs}";

    private (uint As, int Port, uint? LocalAs, bool Passive, bool Down, int Ttl, int? Gtsm, (bool Receive, int Send, bool Graceful, int Own, int? Limit, int Percent) Routes,
        (BgpRole? Role, bool Strict, bool First, bool NextHop6, bool Extended, bool Self, bool Member, bool Advertised, bool? Import, bool? Export, BgpBfdMode Bfd) Modes) Scalars()
        => (RemoteAs, RemotePort, LocalAs, Passive, AdministrativelyDown, MultihopTtl, GtsmHops,
            (AddPathReceive, AddPathSend, GracefulRestart, AllowOwnAs, PrefixLimit, PrefixWarningPercent),
            (Role, RoleStrict, EnforceFirstAs, Ipv4OverIpv6NextHop, ExtendedMessages, NextHopSelf, IsClusterMember, RouterAdvertisements, ImportDefaultAccept, ExportDefaultAccept, Bfd));

    private (string Description, string? Interface, string? Password, BgpTcpAoKey? Key) Texts() => (Description, Interface, Md5Password, TcpAo);

    private (TimeSpan Hold, TimeSpan? Keepalive, TimeSpan Retry, TimeSpan Limit, TimeSpan Open, TimeSpan? Send, TimeSpan? Stale, TimeSpan? Restart) Timers()
        => (HoldTime, KeepaliveInterval, ConnectRetryTime, ConnectRetryLimit, OpenHoldTime, SendHoldTime, LongLivedStaleTime, PrefixLimitRestart);
}
