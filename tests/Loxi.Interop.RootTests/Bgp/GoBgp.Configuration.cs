using Loxi.Bgp;

namespace Loxi.Interop.RootTests.Bgp;

internal sealed partial class GoBgp
{
    private const string Group = "dynamic";

    protected override void Write() => _gobgp.Configure(string.Join('\n', Lines()) + "\n");

    private static IEnumerable<string> Session(NeighbourSettings neighbour)
    {
        var table = neighbour.Range is null ? "neighbors" : "peer-groups";
        yield return $"[[{table}]]";
        yield return $"  [{table}.config]";
        yield return neighbour.Range is null
            ? $"    neighbor-address = \"{neighbour.Address}{(neighbour.Address.IsIPv6LinkLocal ? "%eth0" : "")}\""
            : $"    peer-group-name = \"{Group}\"";
        yield return Invariant($"    peer-as = {neighbour.RemoteAs}");
        yield return neighbour.Password is { } password ? $"    auth-password = \"{password}\"" : "";
        yield return $"  [{table}.timers.config]";
        yield return Invariant($"    hold-time = {neighbour.HoldTime}");
        yield return Invariant($"    keepalive-interval = {neighbour.KeepaliveInterval}");
        yield return "    connect-retry = 1";
        yield return "    idle-hold-time-after-reset = 1";
        yield return $"  [{table}.transport.config]";
        yield return neighbour.Local is { } local && neighbour.Range is null && !local.IsIPv6LinkLocal ? $"    local-address = \"{local}\"" : "";
        yield return neighbour.Passive ? "    passive-mode = true" : "";
        yield return neighbour.Gtsm ? $"  [{table}.ttl-security.config]\n    enabled = true\n    ttl-min = 255" : "";
        yield return neighbour.Hops > 1 ? Invariant($"  [{table}.ebgp-multihop.config]\n    enabled = true\n    multihop-ttl = {neighbour.Hops}") : "";
        if (neighbour.RestartTime is { } restart)
        {
            yield return $"  [{table}.graceful-restart.config]\n    enabled = true\n    notification-enabled = true";
            yield return Invariant($"    restart-time = {restart}");
            yield return neighbour.LongLivedStaleTime is null ? "" : "    long-lived-enabled = true";
        }

        foreach (var line in neighbour.Extra)
        {
            yield return line;
        }

        foreach (var line in neighbour.Families.SelectMany(family => InFamily(neighbour, family, table)))
        {
            yield return line;
        }

        if (neighbour.Range is { } range)
        {
            yield return $"[[dynamic-neighbors]]\n  [dynamic-neighbors.config]\n    prefix = \"{range}\"\n    peer-group = \"{Group}\"";
        }
    }

    private static IEnumerable<string> InFamily(NeighbourSettings neighbour, BgpFamily family, string table)
    {
        yield return $"  [[{table}.afi-safis]]\n    [{table}.afi-safis.config]\n      afi-safi-name = \"{Words(family)}-unicast\"";
        yield return neighbour.RestartTime is null ? "" : $"    [{table}.afi-safis.mp-graceful-restart.config]\n      enabled = true";
        yield return neighbour.LongLivedStaleTime is { } stale
            ? Invariant($"    [{table}.afi-safis.long-lived-graceful-restart.config]\n      enabled = true\n      restart-time = {stale}")
            : "";
        yield return neighbour.AddPath ? $"    [{table}.afi-safis.add-paths.config]\n      receive = true\n      send-max = 8" : "";
        foreach (var line in neighbour.FamilyExtra)
        {
            yield return line;
        }
    }

    private IEnumerable<string> Lines()
    {
        yield return "[global.config]";
        yield return Invariant($"  as = {Settings.As}");
        yield return $"  router-id = \"{Settings.RouterId}\"";
        foreach (var line in Settings.Extra.Concat(Settings.Neighbours.SelectMany(Session)))
        {
            yield return line;
        }
    }
}
