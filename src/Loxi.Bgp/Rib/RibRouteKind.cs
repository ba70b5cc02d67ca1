namespace Loxi.Bgp.Rib;

/// <summary>Which routes a listing shows.</summary>
internal enum RibRouteKind : byte
{
    /// <summary>Usable routes of peers.</summary>
    Received,

    /// <summary>Routes of peers that are not used.</summary>
    Rejected,

    /// <summary>The best of each prefix, own announcements too, and those that share its traffic.</summary>
    Best,

    /// <summary>What a peer has been told.</summary>
    Advertised,
}
