using System.Collections.Frozen;
using System.Net;
using Loxi.Linux.Netlink;

namespace Loxi.Node.Ha;

/// <summary>The interfaces of this host at one moment: where a VIP belongs, and which are down.</summary>
internal sealed class HostLinks
{
    /// <summary>Where an address is that is in no subnet of this host.</summary>
    public const string Loopback = "lo";

    private readonly List<(IPNetwork Subnet, string Interface)> _subnets = [];
    private readonly FrozenSet<string> _up;

    /// <param name="links">All links.</param>
    /// <param name="addresses">All addresses.</param>
    public HostLinks(IReadOnlyCollection<Link> links, IEnumerable<Address> addresses)
    {
        // A dump that was overtaken by a change can name one twice.
        var names = new Dictionary<int, string>();
        foreach (var link in links.Where(static l => !l.Flags.HasFlag(LinkFlags.Loopback)))
        {
            names[link.Index] = link.Name;
        }

        foreach (var address in addresses)
        {
            var local = address.Local.ToIPAddress();
            var length = local.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128;
            if (address.PrefixLength < length && names.TryGetValue(address.InterfaceIndex, out var name))
            {
                _subnets.Add((NetworkOf(local, address.PrefixLength), name));
            }
        }

        // The longest prefix first.
        _subnets.Sort(static (a, b) => b.Subnet.PrefixLength.CompareTo(a.Subnet.PrefixLength));
        _up = links.Where(static l => l.Flags.HasFlag(LinkFlags.Running)).Select(static l => l.Name).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The interface whose subnet has the address; the loopback one where it is routed to this host.</summary>
    public string PlaceOf(IPAddress address)
    {
        foreach (var (subnet, name) in _subnets)
        {
            if (subnet.Contains(address))
            {
                return name;
            }
        }

        return Loopback;
    }

    /// <summary>Whether an interface is gone, or has no carrier.</summary>
    public bool IsDown(string name) => !_up.Contains(name);

    private static IPNetwork NetworkOf(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] &= (byte)(0xff << (8 - Math.Clamp(length - (i * 8), 0, 8)));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }
}
