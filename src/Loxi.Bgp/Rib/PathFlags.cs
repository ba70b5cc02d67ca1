namespace Loxi.Bgp.Rib;

/// <summary>Marks of a path.</summary>
[Flags]
internal enum PathFlags : byte
{
    None = 0,

    /// <summary>Kept over the end of its session, or not yet sent again in a refresh (RFC 4724 4.2, RFC 7313 4).</summary>
    Stale = 1,

    /// <summary>Kept for long (RFC 9494 4.2): the least preferred of all.</summary>
    LongLivedStale = 2,

    /// <summary>From an eBGP peer.</summary>
    External = 4,

    /// <summary>To be removed by the sweep.</summary>
    Doomed = 8,

    /// <summary>To be judged anew by the sweep: policies or settings are other than they were.</summary>
    Unjudged = 16,
}
