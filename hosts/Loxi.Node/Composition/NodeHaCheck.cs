using System.Globalization;
using System.Net;
using Loxi.Api.V1;
using Loxi.Ha.Transport;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Linux.Sysctls;
using Loxi.Linux.Time;
using Loxi.Nat;
using Loxi.Node.Ha;
using Route = Loxi.Linux.Netlink.Route;

namespace Loxi.Node.Composition;

/// <summary>Looks at the host for <c>loxictl ha check</c>.</summary>
internal sealed class NodeHaCheck(NatBalancer balancer) : IHostCheck
{
    private const string ReversePathOfAll = "net/ipv4/conf/all/rp_filter";

    public IReadOnlyList<HaFinding> Check(HaReading? reading) => reading is null ? [] : HostFindings.Of(Read(reading));

    private HostFacts Read(HaReading reading)
    {
        using var netlink = new RtnetlinkClient();
        var links = new Dictionary<int, Link>();
        foreach (var link in netlink.GetLinks())
        {
            links[link.Index] = link;
        }

        var addresses = netlink.GetAddresses();
        var names = reading.Addresses.Groups.SelectMany(static g => g.Addresses).SelectMany(static a => a.Interfaces.Append(a.Declared.Interface)).OfType<string>()
            .Where(static name => name != HostLinks.Loopback).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var attached = balancer.Interfaces.Where(static i => i.Hook != "none").Select(static i => i.Name).ToHashSet(StringComparer.Ordinal);
        return new HostFacts
        {
            IsClockSynchronized = ClockSynchronization.IsSynchronized(),
            ReversePathOfAll = ReadNumber(ReversePathOfAll),
            VipLinks = [.. names.Select(name => new HostFacts.VipLink(name, links.Values.FirstOrDefault(l => l.Name == name)?.Mtu ?? 0, ReversePathOf(name), attached.Contains(name)))],
            Paths = [.. reading.Roles.Peers.SelectMany(peer => peer.Paths.Select(path => Read(netlink, links, addresses, peer.NodeId, path.Path)))],
        };
    }

    private static HostFacts.NodePath Read(RtnetlinkClient netlink, Dictionary<int, Link> links, IReadOnlyList<Address> addresses, ushort node, RolePath path)
    {
        var local = path.LocalAddress is null ? null : addresses.FirstOrDefault(a => a.Local.ToIPAddress().Equals(path.LocalAddress)) is { InterfaceIndex: not 0 } own ? links.GetValueOrDefault(own.InterfaceIndex)?.Name : null;
        var way = path.Interface ?? local;
        var route = Lookup(netlink, path.PeerAddress, path.Interface is null ? 0 : links.Values.FirstOrDefault(l => l.Name == path.Interface)?.Index ?? 0);
        var link = route is null ? null : links.GetValueOrDefault(route.OutputInterface);
        return new HostFacts.NodePath(node, path.PeerAddress, way, link?.Name, link?.Mtu ?? 0, (int)Math.Min(route?.Mtu ?? 0, int.MaxValue), way is null ? 0 : ReversePathOf(way));
    }

    private static Route? Lookup(RtnetlinkClient netlink, IPAddress address, int outputInterface)
    {
        try
        {
            // A link-local address says nothing without its interface.
            return netlink.LookupRoute(address, outputInterface: address.IsIPv6LinkLocal ? outputInterface : 0);
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EACCES or Errno.EINVAL)
        {
            return null;
        }
    }

    private static int ReversePathOf(string name) => ReadNumber(Sysctl.InterfaceKey("net/ipv4/conf", name, "rp_filter"));

    private static int ReadNumber(string key) => Sysctl.TryRead(key, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
