using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Announce;
using Loxi.Linux.Netlink;
using Loxi.Node.Options;
using Route = Loxi.Linux.Netlink.Route;

namespace Loxi.Node.Ha;

/// <summary>Which gateways are watched, and whose fault each is (R13). Pure.</summary>
internal static class GatewayPlan
{
    /// <summary>Most gateways: what they are asked is sent every 150 ms.</summary>
    public const int Most = 32;

    /// <summary>The interfaces that VIPs of groups are on.</summary>
    public static ImmutableHashSet<string> InterfacesOf(IEnumerable<VipGroup> groups) =>
        [.. groups.SelectMany(static g => g.Addresses).Select(static a => a.Interface).OfType<string>().Where(static name => name != HostLinks.Loopback)];

    /// <summary>The next hops that routes have on some interfaces, in the order of the routes, without other nodes and this host.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="interfaces">The names of the interfaces.</param>
    /// <param name="nameOf">The name of an interface by its index; null for none.</param>
    /// <param name="isNode">Whether an address is one of this host or of another node.</param>
    public static ImmutableArray<TrackedGateway> NextHops(IEnumerable<Route> routes, IReadOnlySet<string> interfaces, Func<int, string?> nameOf, Predicate<IPAddress> isNode)
    {
        var found = new List<TrackedGateway>();
        foreach (var (gateway, index) in routes.Where(static r => r.Type == RouteType.Unicast)
            .SelectMany(static r => r.NextHops.Select(static hop => (hop.Gateway, hop.InterfaceIndex)).Append((r.Gateway, r.OutputInterface))))
        {
            if (!gateway.IsNone && nameOf(index) is { } name && interfaces.Contains(name) && gateway.ToIPAddress() is var address && !isNode(address))
            {
                found.Add(new TrackedGateway(address, name));
            }
        }

        return [.. found.Distinct().Take(Most)];
    }

    /// <summary>Whether a group loses its clients with a gateway.</summary>
    public static bool Concerns(VipGroup group, TrackedGateway gateway, GatewayChoice choice) =>
        !choice.IsAutomatic || group.Addresses.Any(a => a.Interface == gateway.Interface);
}
