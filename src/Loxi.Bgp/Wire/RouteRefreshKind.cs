namespace Loxi.Bgp.Wire;

/// <summary>What a ROUTE-REFRESH is for (RFC 2918, 7313 3.2).</summary>
internal enum RouteRefreshKind : byte
{
    Request = 0,

    /// <summary>BoRR: what the sender has follows.</summary>
    Begin = 1,

    /// <summary>EoRR: what has not come since BoRR is stale.</summary>
    End = 2,

    /// <summary>To be passed over: another family, an unknown subtype, ORF entries.</summary>
    Ignored = 255,
}
