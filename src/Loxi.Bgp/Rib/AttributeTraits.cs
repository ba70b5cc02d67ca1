namespace Loxi.Bgp.Rib;

/// <summary>What an interned set of attributes has.</summary>
[Flags]
internal enum AttributeTraits : ushort
{
    None = 0,
    LocalPreference = 1,
    Med = 2,
    OriginatorId = 4,
    OnlyToCustomer = 8,

    /// <summary>Not to eBGP peers (RFC 1997); NO_EXPORT_SUBCONFED is the same here, where there are no confederations.</summary>
    NoExport = 16,

    /// <summary>To no peer (RFC 1997).</summary>
    NoAdvertise = 32,

    /// <summary>GRACEFUL_SHUTDOWN (RFC 8326).</summary>
    GracefulShutdown = 64,

    /// <summary>LLGR_STALE (RFC 9494).</summary>
    LongLivedStale = 128,

    /// <summary>NO_LLGR (RFC 9494).</summary>
    NoLongLived = 256,
}
