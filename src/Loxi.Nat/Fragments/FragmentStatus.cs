namespace Loxi.Nat.Fragments;

/// <summary>Why a frame is not taken as a fragment.</summary>
public enum FragmentStatus
{
    /// <summary>It is a good fragment.</summary>
    Fragment = 0,

    /// <summary>IP, but not a fragment.</summary>
    Whole = 1,

    /// <summary>The frame ends before the packet does.</summary>
    Truncated = 2,

    /// <summary>Neither IPv4 nor IPv6 behind at most two VLAN tags.</summary>
    NotIp = 3,

    /// <summary>A header contradicts itself, a fragment that is not the last is no multiple of 8 bytes, or the datagram would pass 65,535 bytes.</summary>
    Malformed = 4,

    /// <summary>The IPv4 header checksum is wrong.</summary>
    BadChecksum = 5,

    /// <summary>An IPv6 routing header or more than eight extension headers before the fragment header.</summary>
    UnsupportedHeaders = 6,

    /// <summary>
    /// Smaller than honest senders make them: less than <see cref="FragmentInfo.MinPayload"/> bytes and not the last, or
    /// beginning inside of a TCP header (RFC 3128).
    /// </summary>
    Tiny = 7,
}
