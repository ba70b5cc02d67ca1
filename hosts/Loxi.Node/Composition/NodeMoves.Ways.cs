using System.Collections.Immutable;
using Loxi.Core.Roles;
using Loxi.Node.Ha;

namespace Loxi.Node.Composition;

/// <content>How packets get to another node.</content>
internal sealed partial class NodeMoves
{
    private PeerRedirect? FindWay(string group, ushort peer)
    {
        ImmutableArray<VipGroup> groups;
        lock (_gate)
        {
            groups = _groups;
        }

        var interfaces = groups.FirstOrDefault(g => g.Name == group)?.Addresses.Select(static a => a.Interface).OfType<string>().ToHashSet() ?? [];
        try
        {
            if (configuration.Current.Peers.FirstOrDefault(p => p.NodeId == peer) is { } settings && ways.Find(settings, interfaces) is { } way)
            {
                return way;
            }

            LogNoWay(group, peer, null);
        }
        catch (Linux.LinuxException e)
        {
            // The role moves all the same.
            LogNoWay(group, peer, e);
        }

        return null;
    }
}
