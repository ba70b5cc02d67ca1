namespace Loxi.Bgp.Session;

/// <summary>What a step of a session asks of its transport or of the RIB.</summary>
internal enum SessionActionKind : byte
{
    /// <summary>Begin a connection attempt.</summary>
    Connect,

    /// <summary>Give up the attempt that is under way.</summary>
    AbortConnect,

    SendOpen,

    SendKeepalive,

    /// <summary>Close follows as an action of its own.</summary>
    SendNotification,

    /// <summary>Close the connection when what was sent to it before has left.</summary>
    Close,

    /// <summary>Established: routes may flow.</summary>
    Up,

    /// <summary>No longer Established: routes of the families named stay as stale ones.</summary>
    Down,

    /// <summary>What is still stale in the families named is withdrawn.</summary>
    PurgeStale,

    /// <summary>What is stale in the families named is long-lived stale from now on (RFC 9494 4.2).</summary>
    MarkLongLivedStale,
}
