namespace Loxi.Bgp;

/// <summary>State of a session (RFC 4271 8.2.2).</summary>
public enum BgpState : byte
{
    /// <summary>Refuses connections; waits for the end of the back-off or for an administrator.</summary>
    Idle,

    /// <summary>Waits for an own connection attempt.</summary>
    Connect,

    /// <summary>Listens; no own attempt is under way.</summary>
    Active,

    /// <summary>An OPEN was sent; waits for the peer's.</summary>
    OpenSent,

    /// <summary>OPENs agree; waits for the peer's KEEPALIVE.</summary>
    OpenConfirm,

    /// <summary>Routes are exchanged.</summary>
    Established,
}
