namespace Loxi.Linux.Netlink;

/// <summary>Who installed a route (RTPROT_*, linux/rtnetlink.h). Other values are allowed; see /etc/iproute2/rt_protos.</summary>
public enum RouteProtocol : byte
{
    /// <summary>Not given; as a wildcard in deletions.</summary>
    Unspecified = 0,

    /// <summary>By an ICMP redirect.</summary>
    Redirect = 1,

    /// <summary>By the kernel itself.</summary>
    Kernel = 2,

    /// <summary>During boot; what <c>ip route</c> uses.</summary>
    Boot = 3,

    /// <summary>By the administrator.</summary>
    Static = 4,

    /// <summary>By IPv6 router advertisement.</summary>
    RouterAdvertisement = 9,

    /// <summary>By BIRD.</summary>
    Bird = 12,

    /// <summary>By DHCP.</summary>
    Dhcp = 16,

    /// <summary>By BGP.</summary>
    Bgp = 186,
}
