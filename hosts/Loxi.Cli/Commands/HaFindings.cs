using System.Globalization;
using Loxi.Api.V1;

namespace Loxi.Cli.Commands;

/// <summary>What stands against a failover, as one node sees it.</summary>
internal static class HaFindings
{
    // HELLOs come every 10 s at least; with the usual times ten have been missed.
    private const long Silence = 1_000;

    public static IReadOnlyList<string> Of(HaStatus status)
    {
        if (status.Source != "peers")
        {
            return [status.Source == "external"
                ? "roles: a controller decides; expected nodes that decide (--cluster): when the controller loses a node that is alive, two serve"
                : "roles: nobody decides; expected other nodes (--cluster)"];
        }

        return [.. OfNode(status), .. status.Peers.SelectMany(OfPeer), .. status.Groups.SelectMany(OfGroup), .. status.Alarms.Select(static alarm => $"alarm: {alarm}")];
    }

    private static IEnumerable<string> OfNode(HaStatus status)
    {
        if (status.Authentication != "enforce")
        {
            yield return $"keys: HELLO authentication is {status.Authentication}; expected enforce (--ha-keys)";
        }

        if (!status.RealTime)
        {
            yield return "scheduling: roles are decided in the ordinary class; expected the real-time class (--ha-priority), because roles change when processors are busy";
        }
    }

    private static IEnumerable<string> OfPeer(HaPeer peer)
    {
        var node = string.Create(CultureInfo.InvariantCulture, $"node {peer.Node}");
        if (peer.Paths.Count < 2)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{node}: {peer.Paths.Count} path; expected two, a broken cable and a dead node look the same");
        }

        foreach (var path in peer.Paths)
        {
            if (path.Problem is { } problem)
            {
                yield return $"{node}, path {path.Address}: {problem}";
            }
            else if (path.HeardAgo is not { } ago)
            {
                yield return $"{node}, path {path.Address}: never heard; expected a HELLO (UDP port 22112)";
            }
            else if (ago > Silence)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{node}, path {path.Address}: not heard for {ago} ms");
            }
        }
    }

    private static IEnumerable<string> OfGroup(HaGroup group)
    {
        if (group.Master is null)
        {
            yield return $"VIP group {group.Name}: no node is known to serve";
        }

        if (group.Readiness != "ready")
        {
            yield return $"VIP group {group.Name}: this node is {group.Readiness}; expected ready";
        }

        if (group.Pinned)
        {
            yield return $"VIP group {group.Name}: this node is pinned as a backup (loxictl ha unpin)";
        }

        // A member that a node leaves out is null.
        foreach (var node in group.DiffersFrom ?? [])
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"VIP group {group.Name}: node {node} has other services or pools");
        }

        foreach (var address in group.Addresses ?? [])
        {
            if (address.Problem is { } problem)
            {
                yield return $"address {address.Address}: {problem}";
            }
            else if (address.Condition is "withheld" or "failed")
            {
                yield return $"address {address.Address}: {address.Condition}{(address.ClaimedBy is { } other ? $", {other} has it" : "")}";
            }
        }
    }
}
