namespace Loxi.Bgp.Policy;

/// <summary>How a number of the route is compared with one of the policy.</summary>
public enum BgpComparison : byte
{
    /// <summary>They are equal (<c>eq</c>).</summary>
    Equal,

    /// <summary>The route's is equal or larger (<c>ge</c>).</summary>
    AtLeast,

    /// <summary>The route's is equal or smaller (<c>le</c>).</summary>
    AtMost,
}
