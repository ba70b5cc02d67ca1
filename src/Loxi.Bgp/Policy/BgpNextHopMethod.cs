namespace Loxi.Bgp.Policy;

/// <summary>Which next hop a route gets.</summary>
public enum BgpNextHopMethod : byte
{
    /// <summary>A given address.</summary>
    Address,

    /// <summary>Our own address of the session.</summary>
    Self,

    /// <summary>The one that it has, also towards an eBGP peer.</summary>
    Unchanged,
}
