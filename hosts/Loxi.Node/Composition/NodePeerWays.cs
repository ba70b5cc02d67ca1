using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Loxi.Core.Roles;
using Loxi.Ha.Transport;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Node.Ha;
using Route = Loxi.Linux.Netlink.Route;

namespace Loxi.Node.Composition;

/// <summary>Ways to other nodes as the kernel has them. HELLO goes there all the time, so that a neighbour on a link is known.</summary>
internal sealed class NodePeerWays : IPeerWays
{
    public PeerRedirect? Find(RolePeer peer, IReadOnlyCollection<string> interfaces)
    {
        using var netlink = new RtnetlinkClient();
        // A dump that was overtaken by a change can name one twice.
        var links = new Dictionary<int, Link>();
        foreach (var link in netlink.GetLinks())
        {
            links[link.Index] = link;
        }

        var routes = peer.Paths.Select(path => (path.PeerAddress, Route: RouteTo(netlink, path, links.Values))).Where(static r => r.Route is not null)
            .OrderByDescending(r => links.TryGetValue(r.Route!.OutputInterface, out var link) && interfaces.Contains(link.Name)).ToList();
        foreach (var (address, route) in routes)
        {
            if (links.TryGetValue(route!.OutputInterface, out var link) && OnLink(netlink, address, route, link) is { } way)
            {
                return way;
            }
        }

        return InTunnel(routes.Select(static r => (r.PeerAddress, Own: r.Route!.PreferredSource)).Where(static r => !r.Own.IsNone && !r.PeerAddress.IsIPv6LinkLocal)
            .Select(static r => (r.PeerAddress, r.Own.ToIPAddress())).ToList());
    }

    private static Route? RouteTo(RtnetlinkClient netlink, RolePath path, IEnumerable<Link> links)
    {
        try
        {
            var link = path.Interface is { } name ? links.FirstOrDefault(l => l.Name == name)?.Index ?? 0 : 0;
            var route = netlink.LookupRoute(path.PeerAddress, path.LocalAddress is { } own ? own : default(InternetAddress), link);
            return route.Type == RouteType.Unicast ? route with { PreferredSource = path.LocalAddress is { } local ? local : route.PreferredSource } : null;
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EACCES or Errno.EINVAL or Errno.ENODEV)
        {
            return null;
        }
    }

    private static PeerRedirect? OnLink(RtnetlinkClient netlink, IPAddress peer, Route route, Link link)
    {
        if (!route.Gateway.IsNone || !netlink.TryGetNeighbour(link.Index, peer, out var neighbour) || !neighbour.IsUsable)
        {
            return null;
        }

        var (there, own) = (MacOf(neighbour.LinkLayerAddress), MacOf(link.HardwareAddress));
        return there is null || own is null || there.Equals(own) ? null : PeerRedirect.OnLink(link.Index, there, own);
    }

    private static PhysicalAddress? MacOf(LinkLayerAddress address)
    {
        Span<byte> bytes = stackalloc byte[LinkLayerAddress.MaxLength];
        var length = address.CopyTo(bytes);
        return length == 6 && (bytes[0] & 1) == 0 && bytes[..6].ContainsAnyExcept((byte)0) ? new PhysicalAddress(bytes[..6].ToArray()) : null;
    }

    private static PeerRedirect? InTunnel(IReadOnlyCollection<(IPAddress Peer, IPAddress Own)> ends)
    {
        var (v4, v6) = (ends.FirstOrDefault(static e => e.Peer.AddressFamily == AddressFamily.InterNetwork), ends.FirstOrDefault(static e => e.Peer.AddressFamily == AddressFamily.InterNetworkV6));
        return (v4.Peer, v6.Peer) switch
        {
            ({ } peer4, { } peer6) => PeerRedirect.InTunnel(peer4, v4.Own, peer6, v6.Own),
            ({ } peer4, null) => PeerRedirect.InTunnel(peer4, v4.Own),
            (null, { } peer6) => PeerRedirect.InTunnel(peer6, v6.Own),
            _ => null,
        };
    }
}
