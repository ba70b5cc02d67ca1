namespace Loxi.Bfd;

/// <summary>Why a datagram was discarded: one value for each rule, in the order in which they are looked at. Counted and shown.</summary>
public enum BfdDiscardReason : byte
{
    /// <summary>It was not.</summary>
    None = 0,

    /// <summary>Below 4 bytes: too short for the Length field.</summary>
    Truncated = 1,

    /// <summary>Version other than 1 (RFC 5880 6.8.6).</summary>
    Version = 2,

    /// <summary>Length field below 24, or below 26 with the A bit (RFC 5880 6.8.6).</summary>
    LengthTooSmall = 3,

    /// <summary>Length field beyond the datagram (RFC 5880 6.8.6).</summary>
    LengthBeyondPayload = 4,

    /// <summary>Detect Mult zero (RFC 5880 6.8.6).</summary>
    DetectMultZero = 5,

    /// <summary>Multipoint bit set (RFC 5880 6.8.6).</summary>
    Multipoint = 6,

    /// <summary>My Discriminator zero (RFC 5880 6.8.6).</summary>
    MyDiscriminatorZero = 7,

    /// <summary>No session has Your Discriminator (RFC 5880 6.8.6).</summary>
    UnknownYourDiscriminator = 8,

    /// <summary>Your Discriminator zero, and the State field neither Down nor AdminDown (RFC 5880 6.8.6).</summary>
    YourDiscriminatorZero = 9,

    /// <summary>Your Discriminator zero, and no session between these addresses (RFC 5880 6.8.6).</summary>
    UnknownPeer = 10,

    /// <summary>Came to the port of another kind of session (RFC 5881 4, RFC 5883 5).</summary>
    Port = 11,

    /// <summary>TTL or hop limit too low or not known (RFC 5881 5, RFC 9747).</summary>
    Ttl = 12,

    /// <summary>A bit set, and the session is without authentication (RFC 5880 6.8.6).</summary>
    AuthenticationUnexpected = 13,

    /// <summary>A bit clear, and the session is authenticated (RFC 5880 6.8.6).</summary>
    AuthenticationMissing = 14,

    /// <summary>Auth Type is not that of the session (RFC 5880 6.7).</summary>
    AuthenticationType = 15,

    /// <summary>Auth Len is wrong for its type, or beyond the packet (RFC 5880 6.7).</summary>
    AuthenticationLength = 16,

    /// <summary>The session has no key with this identifier (RFC 5880 6.7).</summary>
    AuthenticationKeyId = 17,

    /// <summary>Sequence number outside of the window: a replay, or more packets lost than the session survives (RFC 5880 6.7.3, 6.7.4).</summary>
    AuthenticationSequence = 18,

    /// <summary>Wrong password or digest (RFC 5880 6.7).</summary>
    AuthenticationDigest = 19,

    /// <summary>The session is in AdminDown (RFC 5880 6.8.6).</summary>
    AdministrativelyDown = 20,

    /// <summary>An echo packet that is neither ours nor one of a peer for which we return them.</summary>
    EchoUnknown = 21,

    /// <summary>An echo packet with our discriminator that we did not send, sent long ago, or have had back.</summary>
    EchoForged = 22,

    /// <summary>A peer sends more echo packets than our Required Min Echo RX Interval allows (RFC 5880 6.8.9).</summary>
    EchoRate = 23,

    /// <summary>Handed over after a packet of the session that arrived later: what it says is no longer so.</summary>
    Outdated = 24,
}
