using Loxi.Ha.Roles;

namespace Loxi.Sim;

/// <summary>Who may and must announce in a cluster that has settled.</summary>
internal static class Announcers
{
    /// <summary>Checks each group of nodes that are linked in any direction.</summary>
    /// <returns>The invariant that is broken and how; nulls when none is.</returns>
    public static (string? Name, string? What) Check(Cluster cluster, Scenario scenario)
    {
        var nodes = cluster.Nodes;
        var left = 0;
        for (var i = 0; i < nodes.Length; i++)
        {
            left |= nodes[i].Runs ? 1 << i : 0;
        }

        var all = left;
        var total = 0;
        while (left != 0)
        {
            var group = Group(cluster, left, all);
            left &= ~group;
            var (name, what) = CheckGroup(cluster, scenario, group, group == all, out var announcers);
            total += announcers;
            if (name is not null)
            {
                return (name, what);
            }
        }

        return scenario.Witness && total > 1 ? ("R10", $"{total} announce although a witness is used") : (null, null);
    }

    private static (string? Name, string? What) CheckGroup(Cluster cluster, Scenario scenario, int group, bool isAll, out int announcers)
    {
        var nodes = cluster.Nodes;
        var count = 0;
        var able = 0;
        var bad = 0;
        announcers = 0;
        SimNode? one = null;
        for (var i = 0; i < nodes.Length; i++)
        {
            if ((group >> i & 1) == 0)
            {
                continue;
            }

            var node = nodes[i];
            count++;
            able += node.Core is { Readiness: Readiness.Ready, Pinned: false } core && !core.State.Stopping ? 1 : 0;
            if (node.Announces(cluster.Now))
            {
                announcers++;
                one = node;
            }

            for (var j = i + 1; j < nodes.Length; j++)
            {
                bad += (group >> j & 1) != 0 && !(cluster.Works(i, j) && cluster.Works(j, i)) ? 1 : 0;
            }
        }

        // With a witness the group that is cut off from its lease is silent.
        var must = able > 0 && (!scenario.Witness || (isAll && cluster.AllReachWitness));
        if (announcers == 0 && must)
        {
            return (count == 1 ? "I3" : bad > 0 ? "I2" : "I1", "nobody announces");
        }

        // Of more than two nodes with several broken links only this is said: somebody serves.
        if (announcers > 1 && (bad == 0 || count == 2 || bad == 1))
        {
            return (bad > 0 ? "I2" : "I1", $"{announcers} announce");
        }

        if (announcers == 1 && bad == 0 && one!.Tracked.Count > 0 && !scenario.Witness && one.Core!.HeldUntil + one.Core.Settings.SwitchoverTime <= one.Clock(cluster.Now))
        {
            foreach (var node in nodes)
            {
                if ((group >> node.Index & 1) != 0 && node.Tracked.Count == 0 && node.Core is { Readiness: Readiness.Ready, Pinned: false, Health: byte.MaxValue } core && !core.State.Stopping && HasTerm(core))
                {
                    return ("R13", $"{one.Name} announces with a fault, {node.Name} has none");
                }
            }
        }

        return (null, null);
    }

    /// <summary>Whether the next term of a backup is on disk: without it it tells that it is not ready. What an earlier run had reserved is not its own.</summary>
    internal static bool HasTerm(RoleCore backup) => backup.State.Ceiling > Math.Max(backup.State.Seen, backup.State.Floor);

    /// <summary>The nodes that a first one is linked with, in any direction and over others.</summary>
    private static int Group(Cluster cluster, int left, int all)
    {
        var group = left & -left;
        for (var grown = true; grown;)
        {
            grown = false;
            for (var i = 0; i < cluster.Nodes.Length; i++)
            {
                for (var j = 0; j < cluster.Nodes.Length; j++)
                {
                    if ((group >> i & 1) != 0 && (group >> j & 1) == 0 && (all >> j & 1) != 0 && (cluster.Works(i, j) || cluster.Works(j, i)))
                    {
                        group |= 1 << j;
                        grown = true;
                    }
                }
            }
        }

        return group;
    }
}
