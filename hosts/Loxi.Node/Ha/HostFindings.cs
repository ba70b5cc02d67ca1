using System.Globalization;
using Loxi.Api.V1;

namespace Loxi.Node.Ha;

/// <summary>What on this host stands against a failover, and how to mend it. Pure.</summary>
internal static class HostFindings
{
    /// <summary>A HELLO has at most 1,232 octets, which with headers is the least MTU of IPv6.</summary>
    private const int LeastMtu = 1280;

    private const int Strict = 1;

    public static IReadOnlyList<HaFinding> Of(HostFacts facts) => [.. OfClock(facts), .. facts.VipLinks.SelectMany(link => OfLink(link, facts)), .. facts.Paths.SelectMany(path => OfPath(path, facts))];

    private static IEnumerable<HaFinding> OfClock(HostFacts facts)
    {
        if (!facts.IsClockSynchronized)
        {
            yield return Finding("clock", "the kernel says that nobody keeps it right (adjtimex: STA_UNSYNC)", "a clock that a time service keeps", "start one, e.g. systemctl enable --now chronyd; roles do not depend on it, but logs of nodes cannot be compared");
        }
    }

    private static IEnumerable<HaFinding> OfLink(HostFacts.VipLink link, HostFacts facts)
    {
        var subject = $"interface {link.Name} of VIPs";
        if (!link.IsAttached)
        {
            yield return Finding(subject, "the data plane is not attached to it", "a hook on it (loxictl get status)", "see --whitelist, --blacklist and --hook, and the log");
        }

        // The larger one counts (Documentation/networking/ip-sysctl.rst); 2 is loose and lets everything in that has a route back.
        if (Math.Max(link.ReversePath, facts.ReversePathOfAll) == Strict)
        {
            yield return Finding(
                subject, Text($"rp_filter is strict: {link.ReversePath} on it, {facts.ReversePathOfAll} in net.ipv4.conf.all"), "0 in both or 2 in one",
                $"sysctl -w net.ipv4.conf.{link.Name}.rp_filter=2; packets whose answers take another interface are dropped");
        }
    }

    private static IEnumerable<HaFinding> OfPath(HostFacts.NodePath path, HostFacts facts)
    {
        var subject = Text($"node {path.Node}, path {path.Address}");
        if (path.Out is null)
        {
            yield return Finding(subject, "no route leads to it", "a route", "see ip route get " + path.Address);
            yield break;
        }

        if (path.Mtu is > 0 and < LeastMtu)
        {
            yield return Finding(subject, Text($"packets of at most {path.Mtu} octets pass"), Text($"{LeastMtu} or more"), $"ip link set {path.Out} mtu 1500; HELLOs of many VIP groups do not pass");
        }

        if (path.RouteMtu > 0 && path.RouteMtu < path.LinkMtu)
        {
            yield return Finding(subject, Text($"the route takes {path.RouteMtu} octets, its interface {path.Out} {path.LinkMtu}"), "the same MTU all the way", "a link on the way is narrower, or the route has an MTU: see ip route get " + path.Address);
        }

        foreach (var link in facts.VipLinks.Where(link => link.Name != path.Out && link.Mtu > path.Mtu && path.Mtu >= LeastMtu))
        {
            yield return Finding(
                subject, Text($"MTU {path.Mtu} by {path.Out}, {link.Mtu} on {link.Name} with VIPs"), Text($"{link.Mtu} or more"),
                $"ip link set {path.Out} mtu {link.Mtu.ToString(CultureInfo.InvariantCulture)}; what clients send must fit when one node hands it to another");
        }

        if (path.In is { } way && way != path.Out && Math.Max(path.ReversePath, facts.ReversePathOfAll) == Strict && path.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
        {
            yield return Finding(
                subject, Text($"HELLOs come in by {way}, the route to the node leaves by {path.Out}, and rp_filter of {way} is strict"), "one interface for both, or rp_filter 0 or 2",
                $"a route to {path.Address} by {way}, or sysctl -w net.ipv4.conf.{way}.rp_filter=2; the kernel drops what comes in by another interface than answers take");
        }
    }

    private static HaFinding Finding(string subject, string found, string expected, string remedy) => new() { Subject = subject, Found = found, Expected = expected, Remedy = remedy };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
