using System.Net;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>Prefixes as the types of .NET.</summary>
internal static class RouteText
{
    internal static IPNetwork ToNetwork(in Prefix prefix)
        => new(new NextHop(prefix.Family == BgpFamily.Ipv4Unicast ? NextHopKind.Ipv4 : NextHopKind.Ipv6, prefix.Bits).ToIPAddress(), prefix.Length);
}
