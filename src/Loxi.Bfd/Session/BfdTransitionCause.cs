namespace Loxi.Bfd.Session;

/// <summary>What made a session change its state.</summary>
public enum BfdTransitionCause : byte
{
    /// <summary>A packet of the three-way handshake: towards Init or Up (RFC 5880 6.2).</summary>
    Handshake = 0,

    /// <summary>No control packet arrived for the detection time (RFC 5880 6.8.4).</summary>
    DetectionTimeExpired = 1,

    /// <summary>The peer said Down (RFC 5880 6.8.6).</summary>
    NeighborSignaledDown = 2,

    /// <summary>The peer said AdminDown, which says nothing about the path (RFC 5882 3.2).</summary>
    NeighborSignaledAdminDown = 3,

    /// <summary>Our echo packets did not come back (RFC 5880 6.8.5, RFC 9747).</summary>
    EchoFailed = 4,

    /// <summary>No Final came in demand mode (RFC 5880 6.8.4).</summary>
    PollExpired = 5,

    /// <summary>Taken down by our administrator (RFC 5880 6.8.16).</summary>
    AdministrativelyDisabled = 6,

    /// <summary>Released by our administrator (RFC 5880 6.8.16).</summary>
    AdministrativelyEnabled = 7,

    /// <summary>Taken down because something outside of BFD said that the path has failed (RFC 5880 6.8.16).</summary>
    PathDown = 8,

    /// <summary>Our forwarding plane was reset (RFC 5880 6.8.15).</summary>
    ForwardingPlaneReset = 9,
}
