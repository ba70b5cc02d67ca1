using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Loxi.Ha.Announce;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Route = Loxi.Linux.Netlink.Route;

namespace Loxi.Node.Composition;

/// <summary>The gateways of <c>--ha-gateways</c> by the kernel's routes.</summary>
internal sealed class GatewayRoutes(NodeOptions options) : IGatewayRoutes
{
    // What the last reading was for: what else changes makes no other gateways.
    private ImmutableHashSet<string> _interfaces = [];
    private ImmutableHashSet<int> _indices = [];

    // Next hops, also those that are addresses of nodes or of this host; null while they are read.
    private ImmutableHashSet<IPAddress>? _hops;

    private GatewayChoice Choice => options.Ha.Gateways;

    public ImmutableArray<TrackedGateway> Find(ImmutableHashSet<string> interfaces, ImmutableHashSet<IPAddress> nodes)
    {
        // Before anything is read: what changes meanwhile is told.
        Volatile.Write(ref _hops, null);
        Volatile.Write(ref _interfaces, interfaces);
        if (Choice.IsAutomatic && interfaces.IsEmpty)
        {
            return [];
        }

        using var netlink = new RtnetlinkClient();
        var names = new Dictionary<int, string>();
        foreach (var link in netlink.GetLinks())
        {
            // A reading that changes came between may have one twice.
            names[link.Index] = link.Name;
        }

        Volatile.Write(ref _indices, [.. names.Where(link => interfaces.Contains(link.Value)).Select(static link => link.Key)]);
        if (!Choice.IsAutomatic)
        {
            Volatile.Write(ref _hops, [.. Choice.Addresses]);
            return [.. Choice.Addresses.Select(address => new TrackedGateway(address, names.GetValueOrDefault(LinkTo(netlink, address), "")))];
        }

        var own = netlink.GetAddresses().Select(static a => a.Local.ToIPAddress()).ToHashSet();
        var hops = new HashSet<IPAddress>();
        bool IsNode(IPAddress hop)
        {
            hops.Add(hop);
            return nodes.Contains(hop) || own.Contains(hop);
        }

        var gateways = GatewayPlan.NextHops(netlink.GetRoutes(where: HasGateway), interfaces, index => names.GetValueOrDefault(index), IsNode);
        Volatile.Write(ref _hops, [.. hops]);
        return gateways;
    }

    public async IAsyncEnumerable<bool> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var monitor = new RtnetlinkMonitor(RtnetlinkGroups.Routes | RtnetlinkGroups.Links | RtnetlinkGroups.Addresses);
        yield return true;
        await foreach (var change in monitor.ReadAllAsync(cancellationToken))
        {
            if (Matters(change))
            {
                yield return true;
            }
        }
    }

    /// <summary>Whether a change may make other gateways. An address of a VIP that comes or goes does not, nor do routes that BGP of the node installs.</summary>
    internal bool Matters(in NetworkChange change) => change.Kind switch
    {
        NetworkChangeKind.Route => Matters(change.Route!),
        NetworkChangeKind.Link => Volatile.Read(ref _interfaces).Contains(change.Link!.Name) || Volatile.Read(ref _indices).Contains(change.Link.Index) || !Choice.IsAutomatic,
        // Of routes that go with an interface's last address the kernel tells nothing.
        NetworkChangeKind.Address => change.Action == NetworkChangeAction.Removed && change.Address.PrefixLength < (change.Address.Local.Family == AddressFamily.InterNetwork ? 32 : 128),
        _ => true,
    };

    private bool Matters(Route route)
    {
        if (route.Table == Route.LocalTable)
        {
            return route.Type == RouteType.Local && Volatile.Read(ref _hops)?.Contains(route.Destination.ToIPAddress()) != false;
        }

        // Which way an address that was named goes any route may say.
        return !Choice.IsAutomatic || (route.Table == Route.MainTable && HasGateway(route));
    }

    private static bool HasGateway(Route route) => route.Protocol != KernelRoutes.Protocol && (!route.Gateway.IsNone || route.NextHops.Count > 0);

    /// <summary>The interface whose neighbour an address is; 0 for none.</summary>
    private static int LinkTo(RtnetlinkClient netlink, IPAddress address)
    {
        try
        {
            var route = netlink.LookupRoute(address);
            return route.Type == RouteType.Unicast && route.Gateway.IsNone ? route.OutputInterface : 0;
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EACCES or Errno.EINVAL)
        {
            return 0;
        }
    }
}
