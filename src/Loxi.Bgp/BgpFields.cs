namespace Loxi.Bgp;

/// <summary>Names of members in problems: of <see cref="BgpSpeakerSettings"/> after <c>speaker.</c>, of <see cref="BgpPeerSettings"/> after <c>peers[n].</c>, of <see cref="BgpPeerRange"/> after <c>peerRanges[n].</c>.</summary>
public static class BgpFields
{
    /// <summary>What precedes a member of the speaker.</summary>
    public const string Speaker = "speaker.";

    /// <summary>Own AS.</summary>
    public const string LocalAs = "localAs";

    /// <summary>BGP identifier.</summary>
    public const string RouterId = "routerId";

    /// <summary>Port to listen on.</summary>
    public const string ListenPort = "listenPort";

    /// <summary>Addresses to listen on.</summary>
    public const string ListenAddresses = "listenAddresses";

    /// <summary>Restart time.</summary>
    public const string RestartTime = "restartTime";

    /// <summary>Most paths of a prefix.</summary>
    public const string MaximumPaths = "maximumPaths";

    /// <summary>The peer's address.</summary>
    public const string Address = "address";

    /// <summary>The peer's AS.</summary>
    public const string RemoteAs = "remoteAs";

    /// <summary>The peer's port.</summary>
    public const string RemotePort = "remotePort";

    /// <summary>Free text.</summary>
    public const string Description = "description";

    /// <summary>Own address of the connection.</summary>
    public const string LocalAddress = "localAddress";

    /// <summary>Interface of the connection.</summary>
    public const string Interface = "interface";

    /// <summary>Whether router advertisements are sent.</summary>
    public const string RouterAdvertisements = "routerAdvertisements";

    /// <summary>Families.</summary>
    public const string Families = "families";

    /// <summary>TTL to an eBGP peer.</summary>
    public const string MultihopTtl = "multihopTtl";

    /// <summary>Hops that GTSM allows.</summary>
    public const string GtsmHops = "gtsmHops";

    /// <summary>Key of TCP MD5.</summary>
    public const string Md5Password = "md5Password";

    /// <summary>Key of TCP-AO.</summary>
    public const string TcpAo = "tcpAo";

    /// <summary>The secret of the key of TCP-AO.</summary>
    public const string TcpAoSecret = "tcpAo.secret";

    /// <summary>Hold time.</summary>
    public const string HoldTime = "holdTime";

    /// <summary>Interval of KEEPALIVEs.</summary>
    public const string KeepaliveInterval = "keepaliveInterval";

    /// <summary>First ConnectRetry time.</summary>
    public const string ConnectRetryTime = "connectRetryTime";

    /// <summary>Longest ConnectRetry time.</summary>
    public const string ConnectRetryLimit = "connectRetryLimit";

    /// <summary>Wait for the OPEN.</summary>
    public const string OpenHoldTime = "openHoldTime";

    /// <summary>Send hold time.</summary>
    public const string SendHoldTime = "sendHoldTime";

    /// <summary>Stale time of long-lived graceful restart.</summary>
    public const string LongLivedStaleTime = "longLivedStaleTime";

    /// <summary>Most paths to send.</summary>
    public const string AddPathSend = "addPathSend";

    /// <summary>Own role.</summary>
    public const string Role = "role";

    /// <summary>Strict mode of the role.</summary>
    public const string RoleStrict = "roleStrict";

    /// <summary>How often the own AS may be in a path.</summary>
    public const string AllowOwnAs = "allowOwnAs";

    /// <summary>Most prefixes.</summary>
    public const string PrefixLimit = "prefixLimit";

    /// <summary>When to warn.</summary>
    public const string PrefixWarningPercent = "prefixWarningPercent";

    /// <summary>When to try again.</summary>
    public const string PrefixLimitRestart = "prefixLimitRestart";

    /// <summary>Import policies.</summary>
    public const string ImportPolicies = "importPolicies";

    /// <summary>Export policies.</summary>
    public const string ExportPolicies = "exportPolicies";

    /// <summary>Coupling with BFD.</summary>
    public const string Bfd = "bfd";

    /// <summary>Addresses of a range.</summary>
    public const string Network = "network";

    /// <summary>Most peers of a range.</summary>
    public const string Limit = "limit";

    /// <summary>What precedes a member of a peer.</summary>
    /// <param name="index">The peer's place.</param>
    /// <returns>The text, with its dot.</returns>
    public static string Peer(int index) => $"peers[{index}].";

    /// <summary>What precedes a member of a range.</summary>
    /// <param name="index">The range's place.</param>
    /// <returns>The text, with its dot.</returns>
    public static string PeerRange(int index) => $"peerRanges[{index}].";
}
