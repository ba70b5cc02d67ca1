using System.Net;
using Loxi.Bgp;

namespace Loxi.Interop.RootTests.Bgp;

internal sealed partial class FrrBgp
{
    private const string Group = "DYNAMIC";

    private static string Name(NeighbourSettings neighbour) => neighbour.Range is null ? $"{neighbour.Address}" : Group;

    private static IEnumerable<string> RouteMap(PeerRoute route, string name)
    {
        yield return $"route-map {name} permit 10";
        yield return " set origin igp";
        if (route.Med is { } med)
        {
            yield return Invariant($" set metric {med}");
        }

        if (route.LocalPreference is { } preference)
        {
            yield return Invariant($" set local-preference {preference}");
        }

        if (!route.AsPath.IsEmpty)
        {
            yield return $" set as-path prepend {string.Join(' ', route.AsPath)}";
        }

        if (!route.Communities.IsEmpty)
        {
            yield return $" set community {string.Join(' ', route.Communities.Select(CommunityText.Of))}";
        }

        foreach (var kind in route.ExtendedCommunities.Select(CommunityText.OfExtended).GroupBy(static c => c.Kind))
        {
            yield return $" set extcommunity {kind.Key} {string.Join(' ', kind.Select(static c => c.Value))}";
        }

        if (!route.LargeCommunities.IsEmpty)
        {
            yield return $" set large-community {string.Join(' ', route.LargeCommunities)}";
        }
    }

    private static IEnumerable<string> GracefulRestart(RouterSettings settings)
    {
        var restart = settings.Neighbours.Select(static n => n.RestartTime).Max();
        if (restart is null)
        {
            yield return " bgp graceful-restart-disable";
            yield break;
        }

        yield return " bgp graceful-restart";
        yield return Invariant($" bgp graceful-restart restart-time {restart}");
        yield return Invariant($" bgp graceful-restart stalepath-time {restart}");
        yield return " bgp graceful-restart preserve-fw-state";
        if (settings.Neighbours.Select(static n => n.LongLivedStaleTime).Max() is { } longLived)
        {
            yield return Invariant($" bgp long-lived-graceful-restart stale-time {longLived}");
        }
    }

    private static IEnumerable<string> Session(NeighbourSettings neighbour, bool isInternal)
    {
        var name = Name(neighbour);
        yield return neighbour.Range is null ? "" : $" neighbor {name} peer-group";
        yield return Invariant($" neighbor {name} remote-as {neighbour.RemoteAs}");
        yield return neighbour.Range is { } range ? $" bgp listen range {range} peer-group {name}" : "";
        yield return Invariant($" neighbor {name} timers {neighbour.KeepaliveInterval} {neighbour.HoldTime}");
        yield return $" neighbor {name} timers connect 1";
        yield return $" neighbor {name} advertisement-interval 0";
        if (neighbour.Address.IsIPv6LinkLocal)
        {
            yield return $" neighbor {name} interface eth0";
        }
        else if (neighbour.Local is { } local)
        {
            yield return $" neighbor {name} update-source {local}";
        }

        (bool Wanted, string Line)[] options =
        [
            (neighbour.Password is not null, $"password {neighbour.Password}"),
            (neighbour.Gtsm, "ttl-security hops 1"),
            (neighbour.Hops > 1 && !isInternal, Invariant($"ebgp-multihop {neighbour.Hops}")),
            (neighbour.Passive, "passive"),
            (neighbour.HasIpv4OverIpv6, "capability extended-nexthop"),
        ];
        foreach (var line in options.Where(static o => o.Wanted).Select(static o => o.Line).Concat(neighbour.Extra))
        {
            yield return $" neighbor {name} {line}";
        }
    }

    private static IEnumerable<string> InFamily(NeighbourSettings neighbour)
    {
        string[] lines = ["activate", .. neighbour.AddPath ? ["addpath-tx-all-paths"] : Array.Empty<string>(), .. neighbour.NextHopSelf ? ["next-hop-self"] : Array.Empty<string>(), .. neighbour.FamilyExtra];
        return lines.Select(line => $"  neighbor {Name(neighbour)} {line}");
    }

    private IEnumerable<string> Lines()
    {
        var maps = Settings.Routes.Select(route => (Route: route, Map: NewRouteMap())).ToList();
        yield return "frr defaults datacenter";
        yield return "hostname peer";
        yield return "log stdout";
        foreach (var line in maps.SelectMany(static m => RouteMap(m.Route, m.Map)))
        {
            yield return line;
        }

        yield return Invariant($"router bgp {Settings.As}");
        yield return $" bgp router-id {Settings.RouterId}";
        yield return " no bgp ebgp-requires-policy";
        yield return " no bgp default ipv4-unicast";
        yield return " no bgp network import-check";
        yield return " bgp bestpath as-path multipath-relax";
        foreach (var line in GracefulRestart(Settings).Concat(Settings.Extra).Concat(Settings.Neighbours.SelectMany(n => Session(n, n.RemoteAs == Settings.As))))
        {
            yield return line;
        }

        foreach (var family in Enum.GetValues<BgpFamily>())
        {
            yield return $" address-family {Words(family)}";
            yield return Invariant($"  maximum-paths {Settings.MaximumPaths}");
            yield return Invariant($"  maximum-paths ibgp {Settings.MaximumPaths}");
            foreach (var (route, map) in maps.Where(m => m.Route.Family == family))
            {
                yield return $"  network {route.Prefix} route-map {map}";
            }

            foreach (var line in Settings.Neighbours.Where(n => n.Families.Contains(family)).SelectMany(InFamily))
            {
                yield return line;
            }

            yield return " exit-address-family";
        }
    }
}
