namespace Loxi.Linux.Netlink;

/// <summary>What a <see cref="RtnetlinkMonitor"/> listens to.</summary>
[Flags]
public enum RtnetlinkGroups
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Links (RTNLGRP_LINK).</summary>
    Links = 1,

    /// <summary>IPv4 and IPv6 addresses (RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR).</summary>
    Addresses = 2,

    /// <summary>IPv4 and IPv6 routes (RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE).</summary>
    Routes = 4,

    /// <summary>Neighbours (RTNLGRP_NEIGH).</summary>
    Neighbours = 8,

    /// <summary>IPv4 and IPv6 rules of policy routing (RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE).</summary>
    Rules = 16,

    /// <summary>Queueing disciplines, classes and filters (RTNLGRP_TC). Not in <see cref="All"/>: there may be thousands, and they would fill the buffer of who follows the network.</summary>
    TrafficControl = 32,

    /// <summary>All of the network: everything but <see cref="TrafficControl"/>, which is asked for by name.</summary>
    All = Links | Addresses | Routes | Neighbours | Rules,
}
