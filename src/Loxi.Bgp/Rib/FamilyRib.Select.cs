namespace Loxi.Bgp.Rib;

internal sealed partial class FamilyRib
{
    private readonly List<int> _candidates = [];

    /// <summary>Chooses the best path of a prefix and tells update groups and installer when it is another, or changed.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="isBestChanged">Whether the attributes of the best path changed, or it went.</param>
    internal void Reselect(int prefix, bool isBestChanged)
    {
        ref var entry = ref Prefixes[prefix];
        var best = Choose(prefix, entry.Best);
        if (best != entry.Best || isBestChanged)
        {
            BestCount += (best == 0 ? 0 : 1) - (entry.Best == 0 ? 0 : 1);
            entry.Best = best;
            foreach (var group in Groups)
            {
                group.Export(prefix);
            }

            Queue(prefix);
            return;
        }

        // Another path changed: it matters where several are told or installed.
        foreach (var group in Groups)
        {
            if (group.Key.Paths > 1)
            {
                group.Export(prefix);
            }
        }

        if (Owner.Speaker.MaximumPaths > 1)
        {
            Queue(prefix);
        }
    }

    /// <summary>The best paths, best first, at most so many.</summary>
    internal List<int> Ranked(int prefix, int most)
    {
        _candidates.Clear();
        var best = Prefixes[prefix].Best;
        for (var index = Prefixes[prefix].FirstPath; index != 0; index = Paths[index].Next)
        {
            if (Paths[index].Used != 0 && !IsDeferred(index))
            {
                _candidates.Add(index);
            }
        }

        // The best is first whatever MEDs of other ASes say: they give no order for all.
        _candidates.Sort((a, b) => a == b ? 0 : a == best ? -1 : b == best ? 1 : Rank(a, b));
        if (_candidates.Count > most)
        {
            _candidates.RemoveRange(most, _candidates.Count - most);
        }

        return _candidates;
    }

    /// <summary>RFC 4271 9.1.2.2, RFC 4456 9, RFC 5004.</summary>
    private int Choose(int prefix, int current)
    {
        var first = Prefixes[prefix].FirstPath;
        if (first == 0)
        {
            return 0;
        }

        if (IsDeferring)
        {
            return FindOwn(prefix);
        }

        if (Paths[first].Next == 0)
        {
            return Paths[first].Used == 0 ? 0 : first;
        }

        var best = 0;
        for (var index = first; index != 0; index = Paths[index].Next)
        {
            if (Paths[index].Used != 0 && (best == 0 || CompareBeforeMed(index, best) < 0))
            {
                best = index;
            }
        }

        if (best == 0)
        {
            return 0;
        }

        _candidates.Clear();
        for (var index = first; index != 0; index = Paths[index].Next)
        {
            if (Paths[index].Used != 0 && CompareBeforeMed(index, best) == 0)
            {
                _candidates.Add(index);
            }
        }

        return Choose(current);
    }

    private int Choose(int current)
    {
        // Rule c) looks at neighbours in the same AS alone, so it takes paths out rather than comparing two.
        var best = 0;
        foreach (var index in _candidates)
        {
            if (!IsBeatenByMed(index) && (best == 0 || CompareAfterMed(index, best, current) < 0))
            {
                best = index;
            }
        }

        return best;
    }

    /// <summary>Own announcements depend on no choice: they are told at once.</summary>
    private bool IsDeferred(int index) => IsDeferring && Paths[index].Peer != 0;

    private bool IsBeatenByMed(int index)
    {
        foreach (var other in _candidates)
        {
            if (other != index && IsMedComparable(index, other) && Med(other) < Med(index))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsMedComparable(int a, int b)
        => Owner.Speaker.BestPath.AlwaysCompareMed || Attributes[Paths[a].Used].NeighbourAs == Attributes[Paths[b].Used].NeighbourAs;

    private uint Med(int index)
    {
        ref readonly var set = ref Attributes[Paths[index].Used];
        return (set.Traits & AttributeTraits.Med) != 0 ? set.Med : Owner.Speaker.BestPath.MissingMedIsWorst ? uint.MaxValue : 0;
    }

    /// <summary>Below 0 when <paramref name="a"/> is better: own announcement, not long-lived stale (RFC 9494 4.3), LOCAL_PREF, then 9.1.2.2 a) and b).</summary>
    private int CompareBeforeMed(int a, int b)
    {
        ref var left = ref Paths[a];
        ref var right = ref Paths[b];
        ref readonly var x = ref Attributes[left.Used];
        ref readonly var y = ref Attributes[right.Used];
        if ((left.Peer == 0) != (right.Peer == 0))
        {
            return left.Peer == 0 ? -1 : 1;
        }

        if (((x.Traits ^ y.Traits) & AttributeTraits.LongLivedStale) != 0)
        {
            return (x.Traits & AttributeTraits.LongLivedStale) == 0 ? -1 : 1;
        }

        if (x.LocalPreference != y.LocalPreference)
        {
            return x.LocalPreference > y.LocalPreference ? -1 : 1;
        }

        return x.AsPathLength != y.AsPathLength && !Owner.Speaker.BestPath.IgnoreAsPathLength ? x.AsPathLength.CompareTo(y.AsPathLength) : x.Origin.CompareTo(y.Origin);
    }

    /// <summary>9.1.2.2 d), f) and g); e), the cost inside the AS, is not known here.</summary>
    private int CompareAfterMed(int a, int b, int current)
    {
        ref var left = ref Paths[a];
        ref var right = ref Paths[b];
        if (((left.Flags ^ right.Flags) & PathFlags.External) != 0)
        {
            return (left.Flags & PathFlags.External) != 0 ? -1 : 1;
        }

        // RFC 5004 3: between eBGP paths the one that is the best already stays.
        if ((left.Flags & PathFlags.External) != 0 && !Owner.Speaker.BestPath.CompareRouterId && (a == current || b == current))
        {
            return a == current ? -1 : 1;
        }

        ref readonly var x = ref Attributes[left.Used];
        ref readonly var y = ref Attributes[right.Used];
        // RFC 4456 9: the ORIGINATOR_ID stands for the identifier, then the shorter CLUSTER_LIST.
        var order = Identifier(left.Peer, x).CompareTo(Identifier(right.Peer, y));
        order = order != 0 ? order : x.ClusterListLength.CompareTo(y.ClusterListLength);
        order = order != 0 ? order : CompareAddresses(left.Peer, right.Peer);
        return order != 0 ? order : left.PathId.CompareTo(right.PathId);
    }

    private uint Identifier(ushort peer, in AttributeSet set)
        => (set.Traits & AttributeTraits.OriginatorId) != 0 ? set.OriginatorId : peer == 0 ? 0 : Owner.Peer(peer).Identifier;

    private int CompareAddresses(ushort a, ushort b)
        => a == b || a == 0 || b == 0 ? a.CompareTo(b) : Owner.Peer(a).AddressPrefix.Bits.CompareTo(Owner.Peer(b).AddressPrefix.Bits);

    /// <summary>An order for all usable paths.</summary>
    private int Rank(int a, int b)
    {
        var order = CompareBeforeMed(a, b);
        order = order != 0 ? order : IsMedComparable(a, b) ? Med(a).CompareTo(Med(b)) : 0;
        return order != 0 ? order : CompareAfterMed(a, b, 0);
    }
}
