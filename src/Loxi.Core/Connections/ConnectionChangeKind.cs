namespace Loxi.Core.Connections;

/// <summary>What happened to a connection.</summary>
public enum ConnectionChangeKind : byte
{
    /// <summary>Nothing; never told.</summary>
    None = 0,

    /// <summary>It is open now: TCP and SCTP after the handshake, UDP and ICMP with the first answer.</summary>
    Established = 1,

    /// <summary>Its ends have closed it. It stays in the table for a while.</summary>
    Closed = 2,

    /// <summary>It was removed: evicted, replaced, deleted by hand, or its endpoint is gone.</summary>
    Removed = 3,

    /// <summary>It was removed because nothing was heard of it for too long.</summary>
    Expired = 4,

    /// <summary>It is open still, in another state: one end has closed it, or what seemed to was taken back.</summary>
    Changed = 5,
}
