using System.Collections.Immutable;
using System.Net;

namespace Loxi.Node.Ha;

/// <summary>What of this host matters for a failover, at one moment.</summary>
internal sealed record HostFacts
{
    /// <summary>Whether a time service keeps the clock.</summary>
    public bool IsClockSynchronized { get; init; } = true;

    /// <summary><c>net/ipv4/conf/all/rp_filter</c>.</summary>
    public int ReversePathOfAll { get; init; }

    /// <summary>The interfaces that VIPs are on, or would be.</summary>
    public ImmutableArray<VipLink> VipLinks { get; init; } = [];

    /// <summary>The ways to the other nodes.</summary>
    public ImmutableArray<NodePath> Paths { get; init; } = [];

    /// <summary>An interface that VIPs are on.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Mtu">Its MTU; 0 where it is not there.</param>
    /// <param name="ReversePath">Its own <c>rp_filter</c>.</param>
    /// <param name="IsAttached">Whether the data plane is attached to it.</param>
    internal sealed record VipLink(string Name, int Mtu, int ReversePath, bool IsAttached);

    /// <summary>A way to another node.</summary>
    /// <param name="Node">Its number.</param>
    /// <param name="Address">Its address.</param>
    /// <param name="In">The interface that its HELLOs come in by; null where that is not known.</param>
    /// <param name="Out">The interface that the route to it goes out by; null where there is no route.</param>
    /// <param name="LinkMtu">The MTU of that interface.</param>
    /// <param name="RouteMtu">The MTU of the route, where one was given or learned; else 0.</param>
    /// <param name="ReversePath">The <c>rp_filter</c> of <paramref name="In"/>.</param>
    internal sealed record NodePath(ushort Node, IPAddress Address, string? In, string? Out, int LinkMtu, int RouteMtu, int ReversePath)
    {
        /// <summary>The largest packet that goes to it.</summary>
        public int Mtu => RouteMtu > 0 && RouteMtu < LinkMtu ? RouteMtu : LinkMtu;
    }
}
