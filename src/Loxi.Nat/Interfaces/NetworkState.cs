using Loxi.Linux;
using Loxi.Linux.Netlink;

namespace Loxi.Nat.Interfaces;

/// <summary>
/// What of the network matters to cached next hops. Pure: says for each change whether flows must look again. The kernel reports a
/// neighbour's every state; only a new link-layer address, or its becoming usable or unusable, matters.
/// </summary>
internal sealed class NetworkState
{
    private readonly Dictionary<(int Interface, InternetAddress Address), LinkLayerAddress> _neighbours = [];
    private readonly Dictionary<int, (bool Up, int Mtu, LinkLayerAddress Address)> _links = [];

    /// <summary>The smallest MTU of the links that are up, loopback aside; 1280 when there is none.</summary>
    public int SmallestMtu => _links.Values.Where(l => l.Up).Select(l => l.Mtu).DefaultIfEmpty(1280).Min();

    public bool OnLink(Link link, bool removed)
    {
        if ((link.Flags & LinkFlags.Loopback) != 0)
        {
            return false;
        }

        if (removed)
        {
            return _links.Remove(link.Index);
        }

        var next = (link.IsUp && link.IsLowerUp, link.Mtu, link.HardwareAddress);
        var changed = !_links.TryGetValue(link.Index, out var previous) || previous != next;
        _links[link.Index] = next;
        return changed;
    }

    public bool OnNeighbour(in Neighbour neighbour, bool removed)
    {
        var key = (neighbour.InterfaceIndex, neighbour.Address);
        if (removed || !neighbour.IsUsable)
        {
            return _neighbours.Remove(key);
        }

        var changed = !_neighbours.TryGetValue(key, out var previous) || previous != neighbour.LinkLayerAddress;
        _neighbours[key] = neighbour.LinkLayerAddress;
        return changed;
    }

    public void Clear()
    {
        _neighbours.Clear();
        _links.Clear();
    }
}
