namespace Loxi.Bgp;

/// <summary>The own role towards an eBGP peer (RFC 9234 3.1); the values of its capability.</summary>
public enum BgpRole : byte
{
    /// <summary>We are the peer's provider.</summary>
    Provider = 0,

    /// <summary>We are a route server, the peer its client.</summary>
    RouteServer = 1,

    /// <summary>We are a client of the peer, which is a route server.</summary>
    RouteServerClient = 2,

    /// <summary>We are the peer's customer.</summary>
    Customer = 3,

    /// <summary>Neither sells transit to the other.</summary>
    Peer = 4,
}
