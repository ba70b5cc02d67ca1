namespace Loxi.Core.Services;

/// <summary>The transport protocol of a service; the values are IP protocol numbers (for IPv6 services <see cref="Icmp"/> stands for ICMPv6, 58).</summary>
public enum ServiceProtocol : byte
{
    /// <summary>No protocol; never valid in a service.</summary>
    None = 0,

    /// <summary>ICMP echo, or ICMPv6 echo when the VIP is an IPv6 address. Has no ports: they are 0.</summary>
    Icmp = 1,

    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,

    /// <summary>SCTP.</summary>
    Sctp = 132,
}
