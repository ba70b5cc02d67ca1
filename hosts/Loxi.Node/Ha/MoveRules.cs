using Loxi.Core;
using Loxi.Ha.Roles;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Transport;

namespace Loxi.Node.Ha;

/// <summary>What stands against a planned move of a VIP group (R8). Pure.</summary>
internal static class MoveRules
{
    /// <summary>The node that a group is given to where nobody says which; null when none can have it.</summary>
    public static ushort? Best(RoleGroupStatus group) => group.Peers.Where(peer => Against(group, peer) is null)
        .OrderByDescending(static peer => (peer.Health, peer.Priority, peer.NodeId)).Select(static peer => (ushort?)peer.NodeId).FirstOrDefault();

    /// <summary>What stands against giving a group to a node; null when nothing does.</summary>
    public static Problem? Against(RoleGroupStatus group, ushort node) => group.Peers.FirstOrDefault(peer => peer.NodeId == node) is { } known
        ? Against(group, known)
        : Problem.Of("to", node, $"one of the other nodes: {string.Join(", ", group.Peers.Select(static p => p.NodeId))}");

    /// <summary>What stands against giving a group to anybody, for each other node.</summary>
    public static IEnumerable<Problem> AgainstAll(RoleGroupStatus group) => group.Peers.Select(peer => Against(group, peer)).OfType<Problem>();

    /// <summary>Whether changes by choice have to wait (R9).</summary>
    public static Problem? Held(RoleGroupStatus group, TimeSpan now) => group.HeldUntil > now
        ? Problem.Of("group", group.Name, FormattableString.Invariant($"a move in {(group.HeldUntil - now).TotalSeconds:F0} s: its role has changed too often (R9)"))
        : null;

    /// <summary>What a node would not have of the connections; null when it has them.</summary>
    /// <param name="sync">How far connections are at other nodes; null where they are not kept alike.</param>
    /// <param name="node">The node.</param>
    public static Problem? Unsynced(SyncSpeakerStatus? sync, ushort node)
    {
        if (sync is null)
        {
            return Problem.Of("sync", "off", "connections that are kept alike (--ha-sync), or force: established ones are reset");
        }

        return sync.Peers.FirstOrDefault(p => p.Engine.Id == node) is not { } peer
            ? Problem.Of("sync", $"not with node {node}", "its pin (loxictl ha pair, or --ha-sync of this node), or force: established connections are reset")
            : !peer.Engine.IsLive ? Problem.Of("sync", $"no stream to node {node}{(peer.Live.LastEnd is { } why ? $" ({why})" : "")}", "connections that are kept alike, or force: established ones are reset")
            : null;
    }

    private static Problem? Against(RoleGroupStatus group, RoleGroupPeer peer) => peer switch
    {
        { IsHeard: false } => Of(peer, "not heard", "a node that is heard"),
        { HearsUs: false } => Of(peer, "does not hear this node", "a node that hears this one"),
        { Pinned: true } => Of(peer, "pinned, drained or about to stop", "a node that may serve (there: loxictl ha unpin, loxictl ha resume)"),
        { Role: not HelloRole.Backup } => Of(peer, HaNames.Of(peer.Role), "a backup"),
        { Readiness: not Readiness.Ready } => Of(peer, HaNames.Of(peer.Readiness), "a node that is ready: with all services, all connections, and a disk for its terms"),
        _ when peer.Health < group.Health => Of(peer, $"of health {peer.Health}", $"a health of {group.Health}, as this node has, or more: it misses a link, a gateway or its programs"),
        _ => null,
    };

    private static Problem Of(RoleGroupPeer peer, string found, string expected) => Problem.Of("to", $"node {peer.NodeId}: {found}", expected);
}
