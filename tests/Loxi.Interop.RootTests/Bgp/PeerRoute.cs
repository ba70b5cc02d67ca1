using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Bgp;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>A route that a daemon announces, and what it sets in it.</summary>
internal sealed record PeerRoute(IPNetwork Prefix)
{
    public uint? Med { get; init; }

    /// <summary>Only iBGP peers get it.</summary>
    public uint? LocalPreference { get; init; }

    /// <summary>Behind its own AS.</summary>
    public ImmutableArray<uint> AsPath { get; init; } = [];

    public ImmutableArray<uint> Communities { get; init; } = [];

    /// <summary>Route targets and origins only.</summary>
    public ImmutableArray<ulong> ExtendedCommunities { get; init; } = [];

    public ImmutableArray<BgpLargeCommunity> LargeCommunities { get; init; } = [];

    public BgpFamily Family => Prefix.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? BgpFamily.Ipv4Unicast : BgpFamily.Ipv6Unicast;

    public static PeerRoute To(string prefix) => new(IPNetwork.Parse(prefix));
}
