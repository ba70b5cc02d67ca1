namespace Loxi.Ha.Transport;

/// <summary>Why a HELLO datagram was thrown away. None of them changes a role.</summary>
public enum HelloDiscardReason : byte
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Shorter than a header.</summary>
    TooShort,

    /// <summary>Longer than 1,232 octets.</summary>
    TooLong,

    /// <summary>It does not begin as a HELLO does.</summary>
    NotHello,

    /// <summary>Of a version that this node does not speak.</summary>
    UnknownVersion,

    /// <summary>The length in the header is not that of the datagram.</summary>
    WrongLength,

    /// <summary>A number in the header is out of its range, or there are more or fewer entries than it says.</summary>
    WrongHeader,

    /// <summary>An entry of a VIP group is wrong: its name, or a number out of its range.</summary>
    WrongGroup,

    /// <summary>Sent from an address that is none of a peer.</summary>
    UnknownPeer,

    /// <summary>It came to another own address, or on another interface, than the path has.</summary>
    WrongPath,

    /// <summary>Not authenticated, and its TTL or hop limit is not 255: it has passed a router.</summary>
    HopLimit,

    /// <summary>Not authenticated, which is not accepted.</summary>
    NotAuthenticated,

    /// <summary>Authenticated by a key that this node does not have.</summary>
    UnknownKey,

    /// <summary>The authentication does not hold.</summary>
    WrongAuthentication,

    /// <summary>It says to be of another node than the path leads to.</summary>
    WrongNode,

    /// <summary>Another node has the own id.</summary>
    OwnNodeId,

    /// <summary>An own datagram that came back.</summary>
    Reflected,

    /// <summary>Of an earlier run of the peer than one that was heard.</summary>
    StaleIncarnation,

    /// <summary>Heard before, or older than what was heard.</summary>
    Replayed,
}
