namespace Loxi.Bgp.Tests.Rib;

/// <summary>What the RIB should do, said with dictionaries: every peer accepts and is told everything, MED and identifiers decide as RFC 4271 has it.</summary>
internal sealed class RibModel(IReadOnlyList<TestPeer> peers)
{
    private readonly Dictionary<(int Peer, string Prefix), Route> _received = [];

    internal Dictionary<string, BgpAdvertisement> Own { get; } = [];

    private HashSet<(int Peer, string Prefix)> Stale { get; } = [];

    internal void Announce(int peer, string prefix, Route route)
    {
        _received[(peer, prefix)] = route;
        Stale.Remove((peer, prefix));
    }

    internal void Withdraw(int peer, string prefix)
    {
        _received.Remove((peer, prefix));
        Stale.Remove((peer, prefix));
    }

    internal void Down(int peer, bool keep)
    {
        foreach (var key in _received.Keys.Where(k => k.Peer == peer).ToList())
        {
            if (keep && Stale.Add(key))
            {
                continue;
            }

            Withdraw(peer, key.Prefix);
        }
    }

    internal void PurgeStale(int peer)
    {
        foreach (var key in Stale.Where(k => k.Peer == peer).ToList())
        {
            Withdraw(peer, key.Prefix);
        }
    }

    internal void BeginRefresh(int peer)
    {
        foreach (var key in _received.Keys.Where(k => k.Peer == peer))
        {
            Stale.Add(key);
        }
    }

    internal int Received(int peer) => _received.Keys.Count(k => k.Peer == peer);

    internal IEnumerable<(string Prefix, Route Route)> RoutesOf(int peer) => _received.Where(r => r.Key.Peer == peer).Select(r => (r.Key.Prefix, r.Value));

    /// <summary>The peer whose path is the best; -1 for our own, null for none.</summary>
    internal int? Best(string prefix)
    {
        if (Own.ContainsKey(prefix))
        {
            return -1;
        }

        var paths = _received.Where(r => r.Key.Prefix == prefix && !r.Value.AsPath.Contains(RibLab.LocalAs)).Select(r => (r.Key.Peer, Route: r.Value)).ToList();
        paths = Least(paths, p => -(long)(p.Route.LocalPreference ?? 100));
        paths = Least(paths, p => p.Route.AsPath.Length);
        paths = Least(paths, p => (long)p.Route.Origin);
        paths = paths.Where(p => !paths.Any(q => Neighbour(q.Route) == Neighbour(p.Route) && (q.Route.Med ?? 0) < (p.Route.Med ?? 0))).ToList();
        paths = Least(paths, p => peers[p.Peer].IsExternal ? 0 : 1);
        paths = Least(paths, p => p.Route.OriginatorId ?? peers[p.Peer].Identifier);
        paths = Least(paths, p => p.Peer);
        return paths.Count == 0 ? null : paths[0].Peer;
    }

    internal Dictionary<(string, uint), Route> Told(int to)
    {
        var told = new Dictionary<(string, uint), Route>();
        foreach (var prefix in _received.Keys.Select(k => k.Prefix).Concat(Own.Keys).Distinct())
        {
            if (Best(prefix) is { } best && best != to && Export(prefix, best, peers[to]) is { } route)
            {
                told[(prefix, 0)] = route;
            }
        }

        return told;
    }

    private static uint Neighbour(Route route) => route.AsPath.Length == 0 ? 0 : route.AsPath[0];

    private static List<(int Peer, Route Route)> Least(List<(int Peer, Route Route)> paths, Func<(int Peer, Route Route), long> key)
        => paths.Count == 0 ? paths : [.. paths.Where(p => key(p) == paths.Min(key))];

    private Route? Export(string prefix, int from, TestPeer to)
    {
        if (from < 0)
        {
            var own = Own[prefix];
            return to.IsExternal
                ? new Route { AsPath = [.. Enumerable.Repeat(RibLab.LocalAs, 1 + own.Prepend)], Med = own.Med, NextHop = "10.0.0.1", Communities = [.. own.Communities] }
                : new Route { LocalPreference = own.LocalPreference ?? 100, Med = own.Med, NextHop = "10.0.0.1", Communities = [.. own.Communities] };
        }

        var route = _received[(from, prefix)];
        if ((!to.IsExternal && !peers[from].IsExternal) || (to.IsExternal && route.Communities.Contains(0xFFFFFF01)) || route.Communities.Contains(0xFFFFFF02))
        {
            return null;
        }

        return to.IsExternal
            ? route with { AsPath = [RibLab.LocalAs, .. route.AsPath], Med = null, LocalPreference = null, NextHop = "10.0.0.1", OriginatorId = null, ClusterList = [] }
            : route with { LocalPreference = route.LocalPreference ?? 100 };
    }
}
