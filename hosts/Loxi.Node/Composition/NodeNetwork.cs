using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Loxi.Core.Services;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Node.Bfd;
using Loxi.Node.Bgp;
using Loxi.Node.Ha;

namespace Loxi.Node.Composition;

/// <summary>The addresses and routes of this host, as the kernel has them.</summary>
internal sealed class NodeNetwork : IBfdNetwork, IBgpHost, IHostLinks
{
    public bool IsDirect(IPAddress peer)
    {
        using var netlink = new RtnetlinkClient();
        if (netlink.GetAddresses(family: peer.AddressFamily).Any(address => IsOnLink(address, peer)))
        {
            return true;
        }

        try
        {
            var route = netlink.LookupRoute(peer);
            return route.Gateway.IsNone && route.NextHops.All(static hop => hop.Gateway.IsNone);
        }
        // No route, one of type unreachable, blackhole or prohibit.
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EINVAL or Errno.EACCES)
        {
            return true;
        }
    }

    public async IAsyncEnumerable<bool> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var monitor = new RtnetlinkMonitor(RtnetlinkGroups.Links | RtnetlinkGroups.Addresses);
        yield return true;
        await foreach (var _ in monitor.ReadAllAsync(cancellationToken))
        {
            yield return true;
        }
    }

    public HostLinks ReadLinks()
    {
        using var netlink = new RtnetlinkClient();
        return new HostLinks([.. netlink.GetLinks()], netlink.GetAddresses());
    }

    public IPAddress? FindRouterId()
    {
        using var netlink = new RtnetlinkClient();
        return netlink.GetAddresses(family: AddressFamily.InterNetwork).Select(static a => a.Local.ToIPAddress())
            .Where(static a => !IPAddress.IsLoopback(a) && a.GetAddressBytes() is not [169, 254, ..]).Max(Comparer<IPAddress>.Create(AddressOrder.Compare));
    }

    public bool Has(IPAddress address, string? interfaceName)
    {
        using var netlink = new RtnetlinkClient();
        var own = netlink.GetAddresses(family: address.AddressFamily).Where(found => found.Local.ToIPAddress() is var local && local.GetAddressBytes().AsSpan().SequenceEqual(address.GetAddressBytes()));
        // Another link may have another system of the same address.
        return address.IsIPv6LinkLocal ? netlink.GetLinks().FirstOrDefault(link => link.Name == interfaceName) is { } on && own.Any(found => found.InterfaceIndex == on.Index) : own.Any();
    }

    private static bool IsOnLink(Address address, IPAddress peer)
    {
        var network = address.Peer.IsNone ? address.Local : address.Peer;
        return new IPNetwork(Masked(network.ToIPAddress(), address.PrefixLength), address.PrefixLength).Contains(peer);
    }

    private static IPAddress Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var bits = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - bits));
        }

        return new IPAddress(bytes);
    }
}
