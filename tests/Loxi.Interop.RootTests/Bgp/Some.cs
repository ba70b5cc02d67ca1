using System.Net;
using Loxi.Bgp;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Prefixes and attributes that the tests send.</summary>
internal static class Some
{
    /// <summary>An ordinary one, and NO_LLGR, which nobody acts on here (RFC 9494).</summary>
    public static readonly uint[] Communities = [(64500u << 16) | 1, 0xffff_0007];

    public static readonly ulong[] ExtendedCommunities = [CommunityText.Target(64500, 7), CommunityText.Target(4_200_000_000, 8)];

    public static readonly BgpLargeCommunity[] LargeCommunities = [new(64500, 1, 4_294_967_295)];

    /// <summary>What ours announces.</summary>
    public static IPNetwork Our(BgpFamily family) => IPNetwork.Parse(family == BgpFamily.Ipv4Unicast ? "198.51.100.1/32" : "2001:db8:1::1/128");

    /// <summary>What the daemon announces.</summary>
    public static IPNetwork Their(BgpFamily family) => IPNetwork.Parse(family == BgpFamily.Ipv4Unicast ? "203.0.113.0/24" : "2001:db8:2::/48");
}
