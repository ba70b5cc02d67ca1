namespace Loxi.Bgp;

/// <summary>Which routes are meant.</summary>
public enum BgpRouteKind : byte
{
    /// <summary>Routes of peers that are usable (Adj-RIB-In after loop checks and import policies).</summary>
    Received,

    /// <summary>Routes of peers that are not used, each with its reason.</summary>
    Rejected,

    /// <summary>The best route of each prefix, own announcements included, and those that share its traffic (Loc-RIB).</summary>
    Best,

    /// <summary>Routes to peers as they were sent (Adj-RIB-Out).</summary>
    Advertised,
}
