using System.Globalization;
using Loxi.Api.V1;

namespace Loxi.Cli.Commands;

/// <summary>What stands against a failover, as one node sees it: what was found, what was expected, how to mend it.</summary>
internal static class HaFindings
{
    // HELLOs come every 10 s at least; with the usual times ten have been missed.
    private const long Silence = 1_000;

    // Logs of nodes cannot be read side by side any more.
    private const long ClockDifference = 1_000;

    public static IReadOnlyList<HaFinding> Of(HaStatus status)
    {
        if (status.Source != "peers")
        {
            return [status.Source == "external"
                ? Finding("roles", "a controller decides", "nodes that decide", "start them with --cluster: when the controller loses a node that is alive, two serve")
                : Finding("roles", "nobody decides", "other nodes", "start them with --cluster")];
        }

        return [.. OfNode(status), .. status.Peers.SelectMany(OfPeer), .. OfSync(status), .. status.Groups.SelectMany(OfGroup), .. (status.Alarms ?? []).Select(OfAlarm)];
    }

    private static IEnumerable<HaFinding> OfNode(HaStatus status)
    {
        if (status.Authentication != "enforce")
        {
            yield return Finding("keys", $"HELLO authentication is {status.Authentication}", "enforce", "give all nodes a file of keys (--ha-keys): whoever is on the link can forge roles");
        }

        if (!status.RealTime)
        {
            yield return Finding("scheduling", "roles are decided in the ordinary class", "the real-time class", "start with --ha-priority=10: roles change when processors are busy");
        }
    }

    private static IEnumerable<HaFinding> OfPeer(HaPeer peer)
    {
        var node = Text($"node {peer.Node}");
        if (peer.Paths.Count < 2)
        {
            yield return Finding(node, Text($"{peer.Paths.Count} path"), "two", "name another address of it with --cluster: a broken cable and a dead node look the same");
        }

        if (peer.ClockOffset is < -ClockDifference or > ClockDifference)
        {
            yield return Finding(node, Text($"its clock is {Math.Abs(peer.ClockOffset.Value)} ms {(peer.ClockOffset > 0 ? "before" : "behind")} the one of this node"), "less than a second", "see the time service of both, e.g. chronyc tracking");
        }

        foreach (var path in peer.Paths)
        {
            var subject = $"{node}, path {path.Address}";
            if (path.Problem is { } problem)
            {
                yield return Finding(subject, problem, "HELLOs that are sent", "see the link and ip route get " + path.Address);
            }
            else if (path.HeardAgo is not { } ago)
            {
                yield return Finding(subject, "never heard", "a HELLO", "let UDP port 22112 pass on both nodes, and see that the other one names this one by --cluster");
            }
            else if (ago > Silence)
            {
                yield return Finding(subject, Text($"not heard for {ago} ms"), "a HELLO each interval", "see the link, firewalls, and whether the node runs");
            }
        }
    }

    private static IEnumerable<HaFinding> OfSync(HaStatus status)
    {
        foreach (var (node, sync) in status.Peers.Where(static p => p.Sync is not null).Select(static p => (p.Node, p.Sync!)))
        {
            if (sync.Problem is { } problem)
            {
                yield return Finding(Text($"connections, node {node}"), problem, "connections that both nodes have", "let TCP port 22112 pass, see that each has the pin of the other one (--ha-sync), and the same services");
            }
        }

        if (status.Sync is { Parked: > 0 and var parked })
        {
            yield return Finding("connections", Text($"{parked} are not in the table of this node"), "none", "make the services of the other nodes here too, or raise --max-connections");
        }
    }

    private static IEnumerable<HaFinding> OfGroup(HaGroup group)
    {
        var subject = $"VIP group {group.Name}";
        if (group.Master is null)
        {
            yield return Finding(subject, "no node is known to serve", "one", "see loxictl get ha --history");
        }

        if (group.Readiness != "ready")
        {
            yield return Finding(subject, $"this node is {group.Readiness}", "ready", "wait until its services are loaded, see the log");
        }

        if (group.Pinned)
        {
            yield return Finding(subject, "this node is pinned as a backup", "no pin", $"loxictl ha unpin --instance {group.Name}");
        }

        // A member that a node leaves out is null.
        foreach (var node in group.DiffersFrom ?? [])
        {
            yield return Finding(subject, Text($"node {node} has other services or pools"), "the same on all nodes", "loxictl ha check --compare http://ADDRESS:11111 of that node names them");
        }

        foreach (var address in group.Addresses ?? [])
        {
            if (address.Problem is { } problem)
            {
                yield return Finding($"address {address.Address}", problem, "answered for by the master alone", "take it off the interface, set arp_ignore to 0, or give the interface its subnet");
            }
            else if (address.Condition is "withheld" or "failed")
            {
                yield return Finding($"address {address.Address}", $"{address.Condition}{(address.ClaimedBy is { } other ? $", {other} has it" : "")}", "an address that nobody else has", "see who has it: arping ADDRESS, and the log");
            }
        }
    }

    private static HaFinding OfAlarm(HaAlarm alarm)
    {
        var of = string.Join(", ", new[] { alarm.Group is null ? null : $"VIP group {alarm.Group}", alarm.Address }.OfType<string>());
        return Finding($"alarm {alarm.Name}{(of.Length == 0 ? "" : $", {of}")}", alarm.Text, "no alarm", "see docs/ha.md, Alarms");
    }

    private static HaFinding Finding(string subject, string found, string expected, string remedy) => new() { Subject = subject, Found = found, Expected = expected, Remedy = remedy };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
