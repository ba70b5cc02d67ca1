namespace Loxi.Nat.Refusals;

/// <summary>What the node answers to a packet that it refuses.</summary>
public enum RefusalKind
{
    /// <summary>TCP RST from the packet's destination (RFC 9293 3.10.7.1).</summary>
    TcpReset = 0,

    /// <summary>ICMP 3/0 net unreachable; ICMPv6 1/0 no route to destination.</summary>
    NetUnreachable = 1,

    /// <summary>ICMP 3/1 host unreachable; ICMPv6 1/3 address unreachable.</summary>
    HostUnreachable = 2,

    /// <summary>ICMP 3/3 or ICMPv6 1/4 port unreachable.</summary>
    PortUnreachable = 3,

    /// <summary>ICMP 3/13 or ICMPv6 1/1 communication administratively prohibited.</summary>
    AdminProhibited = 4,

    /// <summary>ICMP 11/0 or ICMPv6 3/0 time (hop limit) exceeded in transit.</summary>
    TimeExceeded = 5,

    /// <summary>ICMP 3/4 fragmentation needed (only to packets with DF) or ICMPv6 2/0 packet too big.</summary>
    PacketTooBig = 6,

    /// <summary>SCTP ABORT from the packet's destination (RFC 9260 8.4); SHUTDOWN COMPLETE to a SHUTDOWN ACK.</summary>
    SctpAbort = 7,
}
