namespace Loxi.Linux.Netlink;

/// <summary>One way of a multipath route.</summary>
/// <param name="InterfaceIndex">Index of the outgoing link; 0 to let the kernel find it.</param>
/// <param name="Gateway">The gateway; "none" for a direct neighbour. An IPv6 gateway of an IPv4 route is RTA_VIA (RFC 5549), since Linux 5.2.</param>
/// <param name="Weight">Share of the flows, 1 to 256.</param>
public readonly record struct RouteNextHop(int InterfaceIndex, InternetAddress Gateway, int Weight = 1);
