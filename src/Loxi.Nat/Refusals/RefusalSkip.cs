namespace Loxi.Nat.Refusals;

/// <summary>Why a refused packet gets no answer.</summary>
public enum RefusalSkip
{
    /// <summary>It got one.</summary>
    None = 0,

    /// <summary>The bytes at hand end before what must be known.</summary>
    Truncated = 1,

    /// <summary>Neither IPv4 nor IPv6 behind at most two VLAN tags.</summary>
    NotIp = 2,

    /// <summary>A header contradicts itself: version, header length, total length, data offset.</summary>
    Malformed = 3,

    /// <summary>A checksum is wrong.</summary>
    BadChecksum = 4,

    /// <summary>An IPv6 routing header, a jumbogram, or more than eight extension headers.</summary>
    UnsupportedHeaders = 5,

    /// <summary>A fragment other than the first, or a first fragment whose RST would need the length of the whole segment.</summary>
    Fragment = 6,

    /// <summary>A TCP RST.</summary>
    TcpReset = 7,

    /// <summary>An ICMP error or redirect, or an ICMPv4 type that is not known to be a query or its answer.</summary>
    IcmpError = 8,

    /// <summary>Sent to many: multicast or broadcast, at the link or the network layer, or to no one (unspecified, loopback, reserved).</summary>
    BadDestination = 9,

    /// <summary>Not sent by one host: unspecified, loopback, multicast, broadcast or reserved source, or source equal to destination.</summary>
    BadSource = 10,

    /// <summary>A RST was asked for, but the packet is not TCP.</summary>
    NotTcp = 11,

    /// <summary>Fragmentation needed was asked for, but the IPv4 packet may be fragmented (DF clear).</summary>
    MayFragment = 12,

    /// <summary>The source address for the answer is of the other family or no unicast address.</summary>
    NoSourceAddress = 13,

    /// <summary>SCTP that is never answered (RFC 9260 8.4): ABORT; for an ABORT as answer also SHUTDOWN COMPLETE, COOKIE ACK and a stale cookie error.</summary>
    SctpUnanswered = 14,

    /// <summary>An ABORT was asked for, but the packet is not SCTP.</summary>
    NotSctp = 15,
}
