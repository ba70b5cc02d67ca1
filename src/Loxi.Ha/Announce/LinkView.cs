using System.Collections.Frozen;
using System.Net.Sockets;
using Loxi.Linux;
using Loxi.Linux.Netlink;

namespace Loxi.Ha.Announce;

/// <summary>Links and addresses of the machine at one moment.</summary>
internal sealed class LinkView
{
    private const int Ethernet = 1;

    private readonly Dictionary<int, Link> _links = [];
    private readonly Dictionary<string, Link> _names = new(StringComparer.Ordinal);
    private readonly Address[] _subnets;
    private readonly int _arpIgnoreOfAll;

    /// <param name="links">All links.</param>
    /// <param name="addresses">All addresses.</param>
    /// <param name="arpIgnoreOfAll"><c>net/ipv4/conf/all/arp_ignore</c>.</param>
    internal LinkView(IReadOnlyList<Link> links, IReadOnlyList<Address> addresses, int arpIgnoreOfAll)
    {
        // A list that is read while links are renamed may name one twice.
        foreach (var link in links)
        {
            _links[link.Index] = link;
            _names[link.Name] = link;
        }

        Addresses = addresses;
        _arpIgnoreOfAll = arpIgnoreOfAll;
        Macs = links.Where(static l => !l.HardwareAddress.IsNone).Select(static l => l.HardwareAddress).ToFrozenSet();
        // A host's own /32 tells nothing of its neighbours.
        _subnets = [.. addresses.Where(a => a.PrefixLength is > 0 && a.PrefixLength < a.Local.Length * 8 && CanAnnounceOn(a.InterfaceIndex))];
    }

    internal static LinkView Empty { get; } = new([], [], 0);

    internal IReadOnlyList<Address> Addresses { get; }

    /// <summary>The link-layer addresses of the machine itself.</summary>
    internal FrozenSet<LinkLayerAddress> Macs { get; }

    internal Link? Find(string name) => _names.GetValueOrDefault(name);

    internal Link? Find(int index) => _links.GetValueOrDefault(index);

    internal string NameOf(int index) => Find(index)?.Name ?? $"#{index}";

    /// <summary>Links with a subnet that an address is in.</summary>
    internal int[] CoveredBy(InternetAddress address) =>
        [.. _subnets.Where(s => s.Local.Family == address.Family && HasPrefix(address, s.Local, s.PrefixLength)).Select(static s => s.InterfaceIndex).Distinct().Order()];

    /// <summary>The machine's own address on a link to ask a neighbour from: of its subnet, or link-local for IPv6; null where there is none.</summary>
    internal InternetAddress? SourceFor(InternetAddress neighbour, int index)
    {
        foreach (var own in Addresses)
        {
            var isOfLink = own.InterfaceIndex == index && own.Local.Family == neighbour.Family && own.PrefixLength < own.Local.Length * 8;
            if (isOfLink && (neighbour.Family == AddressFamily.InterNetwork ? HasPrefix(neighbour, own.Local, own.PrefixLength) : own.Local.ToIPAddress().IsIPv6LinkLocal))
            {
                return own.Local;
            }
        }

        return null;
    }

    /// <summary>Whether a link has neighbours that ARP and neighbour discovery reach.</summary>
    internal bool CanAnnounceOn(int index) =>
        Find(index) is { HardwareType: Ethernet, HardwareAddress.Length: 6 } link && (link.Flags & (LinkFlags.Loopback | LinkFlags.NoArp)) == 0;

    internal bool IsUp(int index) => Find(index) is { IsUp: true, IsRunning: true };

    /// <summary>Whether answers of the kernel on a link say that it is a router: RFC 4861 7.2.4 asks for the R flag of the interface, and Linux takes it from its forwarding.</summary>
    internal bool IsRouter(int index) => Find(index) is { ForwardsIpv6: true };

    /// <summary>Whether the kernel leaves ARP requests on a link unanswered for an address that another has (<c>arp_ignore</c> 1 or 2), or for its own too (8). The other values leave no VIP unanswered.</summary>
    internal bool IgnoresArp(int index, string place) =>
        Math.Max(_arpIgnoreOfAll, Find(index)?.ArpIgnore ?? 0) is var ignore && (ignore == 8 || (ignore is 1 or 2 && NameOf(index) != place));

    private static bool HasPrefix(InternetAddress address, InternetAddress network, int length)
    {
        Span<byte> a = stackalloc byte[16], b = stackalloc byte[16];
        address.CopyTo(a);
        network.CopyTo(b);
        var whole = length / 8;
        return a[..whole].SequenceEqual(b[..whole]) && (length % 8 == 0 || ((a[whole] ^ b[whole]) >> (8 - (length % 8))) == 0);
    }
}
