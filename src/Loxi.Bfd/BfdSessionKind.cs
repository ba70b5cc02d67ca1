namespace Loxi.Bfd;

/// <summary>Which path a session watches.</summary>
public enum BfdSessionKind : byte
{
    /// <summary>One hop: UDP port 3784, TTL 255 (RFC 5881).</summary>
    SingleHop = 0,

    /// <summary>Any number of hops: UDP port 4784 (RFC 5883).</summary>
    Multihop = 1,

    /// <summary>One hop to a neighbor without BFD, which forwards our packets back to us: UDP port 3785, TTL 255 out and 254 back (RFC 9747).</summary>
    UnaffiliatedEcho = 2,
}
