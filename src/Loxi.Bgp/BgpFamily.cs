namespace Loxi.Bgp;

/// <summary>An address family and what its routes are for (RFC 4760: AFI and SAFI), of those that this speaker carries.</summary>
public enum BgpFamily : byte
{
    /// <summary>IPv4 unicast, AFI 1, SAFI 1.</summary>
    Ipv4Unicast,

    /// <summary>IPv6 unicast, AFI 2, SAFI 1.</summary>
    Ipv6Unicast,
}
