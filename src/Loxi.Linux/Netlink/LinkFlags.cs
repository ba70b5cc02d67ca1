namespace Loxi.Linux.Netlink;

/// <summary>Interface flags (IFF_*, linux/if.h).</summary>
[Flags]
public enum LinkFlags : uint
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>Administratively up.</summary>
    Up = 1,

    /// <summary>Has a broadcast address.</summary>
    Broadcast = 2,

    /// <summary>The loopback link.</summary>
    Loopback = 8,

    /// <summary>Point to point.</summary>
    PointToPoint = 0x10,

    /// <summary>Operational (RFC 2863 oper state up).</summary>
    Running = 0x40,

    /// <summary>Does no ARP or neighbour discovery.</summary>
    NoArp = 0x80,

    /// <summary>Receives all packets.</summary>
    Promiscuous = 0x100,

    /// <summary>Does multicast.</summary>
    Multicast = 0x1000,

    /// <summary>The driver signals carrier.</summary>
    LowerUp = 0x10000,

    /// <summary>The driver signals dormant.</summary>
    Dormant = 0x20000,
}
