using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

internal sealed partial class FamilyRib
{
    /// <summary>Lists routes in order. One pass over the prefixes that keeps as many as a page has: no table is sorted, no order is kept for it.</summary>
    internal RibPage List(RibQuery query)
    {
        var routes = new List<RibRoute>(Math.Min(query.Limit, 1024));
        // One more than the page holds says that there is more; all routes of the cursor's own prefix may have been shown.
        var most = query.Limit + (query.After is null ? 1 : 2);
        var prefixes = FirstPrefixes(query, most);
        foreach (var prefix in prefixes)
        {
            var of = new List<RibRoute>();
            if (query.Kind == RibRouteKind.Advertised)
            {
                AddAdvertised(prefix, query.Peer!, of);
            }
            else
            {
                AddPaths(prefix, query, of);
            }

            of.Sort(static (a, b) => (a.Peer?.Number ?? 0, a.PathId).CompareTo((b.Peer?.Number ?? 0, b.PathId)));
            foreach (var route in of)
            {
                if (query.After is { } after && after.Prefix == route.Prefix && (route.Peer?.Number ?? 0, route.PathId).CompareTo((after.Peer, after.PathId)) <= 0)
                {
                    continue;
                }

                if (routes.Count == query.Limit)
                {
                    var last = routes[^1];
                    return new(routes, new(last.Prefix, last.Peer?.Number ?? 0, last.PathId));
                }

                routes.Add(route);
            }
        }

        // Of a prefix that was looked at everything that is shown was.
        return new(routes, prefixes.Count == most ? new(Prefixes[prefixes[^1]].ToPrefix(Family), ushort.MaxValue, uint.MaxValue) : null);
    }

    internal RibNumbers Numbers(RibPeer peer)
    {
        var numbers = peer[Family];
        var result = new RibNumbers { Received = numbers.Received, Accepted = numbers.Accepted, TooLong = peer.TooLong, WithoutNextHop = peer.WithoutNextHop, Stale = CountStale(peer) };
        if (numbers.Output is not { } output)
        {
            return result;
        }

        var (desired, missing) = CountOwn(output);
        var pending = output.Pending();
        return result with
        {
            Advertised = Math.Max(0, output.Group.Announced(peer.Number) - pending),
            Pending = pending + (int)(output.Group.Withdrawals.End - output.WithdrawalCursor),
            OwnDesired = desired,
            OwnMissing = missing,
        };
    }

    private static int Compare(ref PrefixEntry entry, in Prefix prefix)
        => (entry.High, entry.Low, entry.Length).CompareTo(((ulong)(prefix.Bits >> 64), (ulong)prefix.Bits, prefix.Length));

    /// <summary>The first prefixes from the cursor on that may have something to show, in order.</summary>
    private List<int> FirstPrefixes(RibQuery query, int most)
    {
        var order = Comparer<int>.Create((a, b) => Compare(ref Prefixes[b], Prefixes[a].ToPrefix(Family)));
        var kept = new PriorityQueue<int, int>(order);
        for (var i = 1; i < Prefixes.End; i++)
        {
            ref var entry = ref Prefixes[i];
            if ((entry.Flags & PrefixFlags.Used) == 0 || (query.After is { } after && Compare(ref entry, after.Prefix) < 0)
                || (kept.Count == most && order.Compare(i, kept.Peek()) < 0)
                || (query.Within is { } within && !within.Contains(entry.ToPrefix(Family))) || !HasRoute(i, query))
            {
                continue;
            }

            if (kept.Count == most)
            {
                kept.Dequeue();
            }

            kept.Enqueue(i, i);
        }

        var result = new List<int>(kept.Count);
        while (kept.TryDequeue(out var prefix, out _))
        {
            result.Add(prefix);
        }

        result.Reverse();
        return result;
    }

    private bool HasRoute(int prefix, RibQuery query)
    {
        switch (query.Kind)
        {
            case RibRouteKind.Advertised:
                return query.Peer?[Family].Output is { } output && output.Group.FirstRoute(prefix) != 0;
            case RibRouteKind.Best:
                return Prefixes[prefix].Best != 0;
            default:
                for (var index = Prefixes[prefix].FirstPath; index != 0; index = Paths[index].Next)
                {
                    if (IsShown(index, query))
                    {
                        return true;
                    }
                }

                return false;
        }
    }

    private bool IsShown(int index, RibQuery query)
    {
        ref var path = ref Paths[index];
        if (query.Peer is not null && path.Peer != query.Peer.Number)
        {
            return false;
        }

        return query.Kind switch
        {
            RibRouteKind.Received => path.Peer != 0 && path.Used != 0,
            RibRouteKind.Rejected => path.Used == 0,
            _ => path.Used != 0 && IsMultipath(Prefixes[path.Prefix].Best, index),
        };
    }

    private void AddPaths(int prefix, RibQuery query, List<RibRoute> routes)
    {
        var best = Prefixes[prefix].Best;
        for (var index = Prefixes[prefix].FirstPath; index != 0; index = Paths[index].Next)
        {
            if (!IsShown(index, query))
            {
                continue;
            }

            ref var path = ref Paths[index];
            var attributes = path.Used == 0 ? path.Received : path.Used;
            routes.Add(new(Prefixes[prefix].ToPrefix(Family), path.Peer == 0 ? null : Owner.Peer(path.Peer), path.Peer == 0 ? 0 : path.PathId,
                Attributes.Block(attributes).Bytes.ToArray(), Attributes.NextHop(attributes))
            {
                IsBest = index == best,
                IsMultipath = best != 0 && path.Used != 0 && index != best && IsMultipath(best, index),
                IsStale = (path.Flags & (PathFlags.Stale | PathFlags.LongLivedStale | PathFlags.Doomed)) != 0,
                Rejection = path.Rejection,
            });
        }
    }

    private void AddAdvertised(int prefix, RibPeer peer, List<RibRoute> routes)
    {
        var output = peer[Family].Output!;
        for (var index = output.Group.FirstRoute(prefix); index != 0; index = output.Group.Route(index).Next)
        {
            if (output.IsTold(index) && output.TryResolve(index, out var nextHop))
            {
                ref var route = ref output.Group.Route(index);
                routes.Add(new(Prefixes[prefix].ToPrefix(Family), peer, route.PathId, Attributes.Block(route.Attributes).Bytes.ToArray(), nextHop));
            }
        }
    }

    private int CountStale(RibPeer peer)
    {
        var count = 0;
        if (peer[Family].MayBeStale)
        {
            for (var i = 1; i < Paths.End; i++)
            {
                ref var path = ref Paths[i];
                count += path.Prefix != 0 && path.Peer == peer.Number && (path.Flags & PathFlags.Stale) != 0 ? 1 : 0;
            }
        }

        return count;
    }

    private (int Desired, int Missing) CountOwn(PeerOutput output)
    {
        var (desired, missing) = (0, 0);
        var (attributes, isTellable) = (0, false);
        foreach (var prefix in Owner.OwnPrefixes(Family))
        {
            var number = Prefixes.Find(prefix);
            var isDue = false;
            for (var index = output.Group.FirstRoute(number); index != 0; index = output.Group.Route(index).Next)
            {
                if (output.Group.Route(index) is { Source: 0, Attributes: not 0 } route)
                {
                    isDue = true;
                    if (route.Attributes != attributes)
                    {
                        (attributes, isTellable) = (route.Attributes, output.TryResolve(index, out _));
                    }

                    missing += isTellable && output.IsTold(index) ? 0 : 1;
                }
            }

            // What policies reject is not due; what was not looked at yet is.
            isDue |= output.Group.IsPopulating && number >= output.Group.Populated;
            missing += isDue && output.Group.FirstRoute(number) == 0 ? 1 : 0;
            desired += isDue ? 1 : 0;
        }

        return (desired, missing);
    }
}
