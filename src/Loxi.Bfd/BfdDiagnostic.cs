namespace Loxi.Bfd;

/// <summary>Why a side last changed its state (RFC 5880 4.1). 9 to 31 are reserved: they are taken from a peer and shown as numbers.</summary>
public enum BfdDiagnostic : byte
{
    /// <summary>No diagnostic.</summary>
    None = 0,

    /// <summary>No control packet came for the detection time.</summary>
    ControlDetectionTimeExpired = 1,

    /// <summary>Echo packets did not come back.</summary>
    EchoFunctionFailed = 2,

    /// <summary>The neighbor said Down or AdminDown.</summary>
    NeighborSignaledSessionDown = 3,

    /// <summary>The forwarding plane was reset.</summary>
    ForwardingPlaneReset = 4,

    /// <summary>Something outside of BFD said that the path is down.</summary>
    PathDown = 5,

    /// <summary>A path behind this one is down (RFC 5880 6.8.17).</summary>
    ConcatenatedPathDown = 6,

    /// <summary>Down by an administrator.</summary>
    AdministrativelyDown = 7,

    /// <summary>A path behind this one is down in the reverse direction (RFC 5880 6.8.17).</summary>
    ReverseConcatenatedPathDown = 8,
}
