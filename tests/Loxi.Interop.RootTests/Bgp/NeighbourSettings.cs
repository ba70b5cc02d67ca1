using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Bgp;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>A session as a daemon is told to keep it; times in seconds. A link-local address is one of <c>eth0</c>.</summary>
internal sealed record NeighbourSettings(IPAddress Address, uint RemoteAs)
{
    /// <summary>Its own address of the session.</summary>
    public IPAddress? Local { get; init; }

    /// <summary>Accepts whoever comes from there instead of <see cref="Address"/>.</summary>
    public IPNetwork? Range { get; init; }

    public ImmutableArray<BgpFamily> Families { get; init; } = [Address.AddressFamily == AddressFamily.InterNetwork ? BgpFamily.Ipv4Unicast : BgpFamily.Ipv6Unicast];

    public string? Password { get; init; }

    public bool Gtsm { get; init; }

    public int HoldTime { get; init; } = 9;

    public int KeepaliveInterval { get; init; } = 3;

    public bool Passive { get; init; }

    /// <summary>Restart time of graceful restart; null switches it off.</summary>
    public int? RestartTime { get; init; }

    /// <summary>Stale time of long-lived graceful restart; null switches it off.</summary>
    public int? LongLivedStaleTime { get; init; }

    /// <summary>ADD-PATH in both directions.</summary>
    public bool AddPath { get; init; }

    public bool NextHopSelf { get; init; }

    /// <summary>Hops to an eBGP peer that is not on the link.</summary>
    public int Hops { get; init; } = 1;

    /// <summary>Lines in the words of the daemon, for the session and for each family of it.</summary>
    public ImmutableArray<string> Extra { get; init; } = [];

    public ImmutableArray<string> FamilyExtra { get; init; } = [];

    /// <summary>IPv4 routes over an IPv6 session (RFC 8950).</summary>
    public bool HasIpv4OverIpv6 => Address.AddressFamily == AddressFamily.InterNetworkV6 && Families.Contains(BgpFamily.Ipv4Unicast);
}
