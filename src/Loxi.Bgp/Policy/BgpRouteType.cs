namespace Loxi.Bgp.Policy;

/// <summary>Where a route is from.</summary>
public enum BgpRouteType : byte
{
    /// <summary>From an iBGP peer.</summary>
    Internal,

    /// <summary>From an eBGP peer.</summary>
    External,

    /// <summary>An own announcement.</summary>
    Local,
}
