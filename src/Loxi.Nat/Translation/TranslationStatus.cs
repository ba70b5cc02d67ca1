namespace Loxi.Nat.Translation;

/// <summary>What became of a packet that was to be translated between the address families in user space.</summary>
public enum TranslationStatus
{
    /// <summary>It was translated.</summary>
    Translated = 0,

    /// <summary>The bytes at hand end before the packet does, or before what must be known of it.</summary>
    Truncated = 1,

    /// <summary>A header contradicts itself.</summary>
    Malformed = 2,

    /// <summary>The checksum of an IPv4 header, an ICMP message or an SCTP packet is wrong.</summary>
    BadChecksum = 3,

    /// <summary>An IPv6 routing header with segments left, an IPv4 source route, more than eight extension headers, or some behind the fragment header.</summary>
    UnsupportedHeaders = 4,

    /// <summary>Neither TCP, UDP, SCTP nor ICMP.</summary>
    UnsupportedProtocol = 5,

    /// <summary>A fragment of an ICMP message, whose checksum cannot be known (RFC 7915 1.2).</summary>
    FragmentedIcmp = 6,

    /// <summary>A fragment of a UDP datagram without checksum, which IPv6 must have (RFC 7915 4.5), or an IPv6 datagram without.</summary>
    UdpWithoutChecksum = 7,

    /// <summary>The TTL or hop limit ends here.</summary>
    HopLimitExceeded = 8,

    /// <summary>An ICMP type or code that the other family does not have (RFC 7915 4.2, 5.2), or an error about an error.</summary>
    NoCounterpart = 9,

    /// <summary>Longer than the other family's header can say.</summary>
    TooLong = 10,

    /// <summary>No connection between the families has it.</summary>
    NoConnection = 11,

    /// <summary>Translated, but the interface or the kernel refused it.</summary>
    NotSent = 12,

    /// <summary>The first fragment of an SCTP packet whose ports change: its checksum needs all of it.</summary>
    FragmentedSctp = 13,
}
