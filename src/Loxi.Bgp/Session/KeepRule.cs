namespace Loxi.Bgp.Session;

/// <summary>When the end of a session keeps the peer's routes as stale ones.</summary>
internal enum KeepRule : byte
{
    Never,

    /// <summary>A NOTIFICATION of either side, or an expired timer: with the N bit of both (RFC 8538 4).</summary>
    AfterNotification,

    /// <summary>The TCP connection is gone: with graceful restart of both (RFC 4724 4.2).</summary>
    AfterLoss,
}
