namespace Loxi.Linux.Netlink;

/// <summary>What a route does with packets (RTN_*, linux/rtnetlink.h).</summary>
public enum RouteType : byte
{
    /// <summary>Not given; as a wildcard in deletions.</summary>
    Unspecified = 0,

    /// <summary>To a gateway or a direct neighbour.</summary>
    Unicast = 1,

    /// <summary>Delivered to this host.</summary>
    Local = 2,

    /// <summary>Accepted as broadcast, sent as broadcast.</summary>
    Broadcast = 3,

    /// <summary>Accepted as broadcast, sent as unicast.</summary>
    Anycast = 4,

    /// <summary>Multicast.</summary>
    Multicast = 5,

    /// <summary>Dropped silently.</summary>
    Blackhole = 6,

    /// <summary>Refused with "unreachable".</summary>
    Unreachable = 7,

    /// <summary>Refused with "prohibited".</summary>
    Prohibit = 8,

    /// <summary>The lookup goes on in another table.</summary>
    Throw = 9,
}
