using Loxi.Bgp;

namespace Loxi.Interop.RootTests.Bgp;

internal sealed partial class BirdBgp
{
    protected override void Write() => _bird.Configure(string.Join('\n', Lines()), $"{Settings.RouterId}");

    private static IEnumerable<string> Assignments(PeerRoute route)
    {
        if (route.Med is { } med)
        {
            yield return Invariant($"bgp_med = {med};");
        }

        if (route.LocalPreference is { } preference)
        {
            yield return Invariant($"bgp_local_pref = {preference};");
        }

        foreach (var number in route.AsPath.Reverse())
        {
            yield return Invariant($"bgp_path.prepend({number});");
        }

        foreach (var community in route.Communities)
        {
            yield return Invariant($"bgp_community.add(({community >> 16},{community & 0xffff}));");
        }

        foreach (var (kind, value) in route.ExtendedCommunities.Select(CommunityText.OfExtended))
        {
            yield return $"bgp_ext_community.add(({(kind == "rt" ? "rt" : "ro")},{value.Replace(':', ',')}));";
        }

        foreach (var community in route.LargeCommunities)
        {
            yield return $"bgp_large_community.add(({$"{community}".Replace(':', ',')}));";
        }
    }

    private static IEnumerable<string> Session(NeighbourSettings neighbour, int index, bool isInternal)
    {
        var (name, remote) = neighbour.Range is { } range
            ? (Invariant($"protocol bgp {Protocol(index)} {{ dynamic name \"{Protocol(index)}dyn\";"), $"range {range}")
            : (Invariant($"protocol bgp {Protocol(index)} {{"), $"{neighbour.Address}{(neighbour.Address.IsIPv6LinkLocal ? "%'eth0'" : "")}");
        yield return name;
        yield return $"  local {neighbour.Local} as LOCAL_AS; neighbor {remote} as {neighbour.RemoteAs};";
        yield return Invariant($"  hold time {neighbour.HoldTime};");
        yield return neighbour.KeepaliveInterval > 0 ? Invariant($"  keepalive time {neighbour.KeepaliveInterval};") : "";
        yield return "  connect delay time 1; connect retry time 1; error wait time 1,2;";
        yield return neighbour.Hops > 1 ? Invariant($"  multihop {neighbour.Hops};") : "  direct;";
        yield return neighbour.RestartTime is { } restart ? Invariant($"  graceful restart on; graceful restart time {restart};") : "  graceful restart off;";
        yield return neighbour.LongLivedStaleTime is { } stale ? Invariant($"  long lived graceful restart on; long lived stale time {stale};") : "  long lived graceful restart off;";
        (bool Wanted, string Line)[] options =
        [
            (neighbour.Password is not null, $"password \"{neighbour.Password}\";"),
            (neighbour.Gtsm, "ttl security on;"),
            (neighbour.Passive, "passive on;"),
        ];
        foreach (var line in options.Where(static o => o.Wanted).Select(static o => o.Line).Concat(neighbour.Extra))
        {
            yield return $"  {line}";
        }

        foreach (var family in neighbour.Families)
        {
            yield return $"  {Words(family)} {{";
            yield return $"    import all; export filter out_{Words(family)};";
            yield return neighbour.NextHopSelf ? "    next hop self;" : "";
            yield return neighbour.AddPath ? "    add paths on;" : "";
            yield return family == BgpFamily.Ipv4Unicast && neighbour.HasIpv4OverIpv6 ? "    extended next hop on;" : "";
            yield return string.Join('\n', neighbour.FamilyExtra);
            yield return "  };";
        }

        yield return "}";
    }

    private IEnumerable<string> Lines()
    {
        yield return Invariant($"define LOCAL_AS = {Settings.As};");
        foreach (var line in Settings.Extra)
        {
            yield return line;
        }

        foreach (var family in Enum.GetValues<BgpFamily>())
        {
            var words = Words(family);
            var routes = Settings.Routes.Where(route => route.Family == family).ToList();
            yield return $"protocol kernel kernel_{words} {{ {words} {{ import none; export where source = RTS_BGP; }}; {(Settings.MaximumPaths > 1 ? Invariant($"merge paths on limit {Settings.MaximumPaths};") : "")} }}";
            yield return $"protocol static static_{words} {{ {words}; {string.Join(' ', routes.Select(static route => $"route {route.Prefix} blackhole;"))} }}";
            // In the filter to the neighbour: MED is sent to an eBGP neighbour only when it is set there.
            yield return $"filter out_{words} {{";
            yield return "  if source = RTS_BGP then accept;";
            yield return "  if source != RTS_STATIC then reject;";
            foreach (var route in routes)
            {
                yield return $"  if net = {route.Prefix} then {{ {string.Join(' ', Assignments(route))} }}";
            }

            yield return "  accept;";
            yield return "}";
        }

        foreach (var line in Settings.Neighbours.SelectMany((n, i) => Session(n, i, n.RemoteAs == Settings.As)))
        {
            yield return line;
        }
    }
}
