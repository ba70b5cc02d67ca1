namespace Loxi.Bgp.Rib;

/// <summary>Why a received route is not used; it is kept all the same, for listings and for the day the reason goes.</summary>
internal enum RouteRejection : byte
{
    None,

    /// <summary>Our own AS is in the path more often than allowed (RFC 4271 9.1.2).</summary>
    AsLoop,

    /// <summary>ORIGINATOR_ID is our own identifier (RFC 4456 8).</summary>
    OriginatorLoop,

    /// <summary>Our own identifier is in CLUSTER_LIST (RFC 4456 8).</summary>
    ClusterLoop,

    /// <summary>ONLY_TO_CUSTOMER says that the route leaked (RFC 9234 5).</summary>
    RouteLeak,

    /// <summary>From a member of the own cluster, whose VIPs are neither installed nor passed on.</summary>
    ClusterMember,

    /// <summary>NO_LLGR: not to be kept for long (RFC 9494 4.2).</summary>
    NoLongLived,

    /// <summary>An import policy rejects it.</summary>
    Policy,

    /// <summary>No import policy decides on it, and none is no yes (RFC 8212).</summary>
    DefaultReject,
}
