using System.Collections.Immutable;
using Loxi.Ha.Roles;

namespace Loxi.Sim.Checking;

/// <content>Terms as ranks: their order counts, and small distances, because the next term is the greatest known and one.</content>
internal sealed partial class Model
{
    /// <summary>States of which this normal form is one, one for each way in which terms that are <paramref name="clip"/> apart may really be farther apart. In one round a distance shrinks by one at most.</summary>
    /// <param name="clip">As in <see cref="Normalise"/>.</param>
    /// <param name="number">Which: from 0, the state itself, on.</param>
    /// <returns>False when there is none of this number; then nothing is changed.</returns>
    public bool Stretch(int clip, int number)
    {
        var map = CollectTerms();
        var by = 0UL;
        var bit = 0;
        for (var k = 0; k < map.Count; k++)
        {
            if (k > 0 && map[k] - map[k - 1] == (ulong)clip && Grows(map[k - 1]))
            {
                by += (ulong)(number >> bit++ & 1);
            }

            map.Add(map[k] + by);
        }

        if (number >> bit != 0)
        {
            return false;
        }

        if (by > 0)
        {
            MapTerms(map);
        }

        return true;
    }

    private void RankTerms(int clip)
    {
        var map = CollectTerms();
        var changes = false;
        var to = 0UL;
        for (var k = 0; k < map.Count; k++)
        {
            to += k == 0 ? 0 : Math.Min(map[k] - map[k - 1], (ulong)clip);
            changes |= to != map[k];
            map.Add(to);
        }

        if (changes)
        {
            MapTerms(map);
        }
    }

    private TermMap CollectTerms()
    {
        _scratch.Terms.Collect();
        MapTerms(_scratch.Terms);
        return _scratch.Terms;
    }

    /// <summary>Whether a node's next term may be the one after this.</summary>
    private bool Grows(ulong term)
    {
        foreach (ref readonly var node in _nodes.AsSpan())
        {
            if (node.Ceiling == term || (node.Core is { } core && Math.Max(core.State.Seen, core.State.Floor) == term) || (_events.HasFlag(ModelEvents.Kills) && MaySee(node, term)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A master that has resumed has a term below those that it has reserved: who hears of it may go on from there.</summary>
    private bool MaySee(in Node node, ulong term)
    {
        if (node.Core is not { } core)
        {
            return node.PinnedTerm == term;
        }

        var sees = core.State.Seen == term || core.State.Term == term;
        for (var j = 0; node.Waits && j < Count; j++)
        {
            sees |= node.Waiting[j] is { } hello && (hello.Term == term || hello.Masters.Any(master => master.Term == term));
        }

        return sees;
    }

    /// <summary>All terms that count. 0 where none does.</summary>
    private void MapTerms(TermMap map)
    {
        foreach (ref var node in _nodes.AsSpan())
        {
            node.Ceiling = map.Of(node.Ceiling);
            node.LastTerm = node.LastTerm == 0 ? 0 : map.Of(node.LastTerm);
            if (node.Core is not { } core)
            {
                node.PinnedTerm = node.PinnedTerm == 0 ? 0 : map.Of(node.PinnedTerm);
                continue;
            }

            ref var s = ref core.State;
            s.Ceiling = map.Of(s.Ceiling);
            s.Seen = map.Of(s.Seen);
            s.Term = s.Role == HelloRole.Master || s.Holding ? map.Of(s.Term) : 0;
            s.Floor = s.Floor == 0 ? 0 : map.Of(s.Floor);
            foreach (ref var p in core.PeerStates)
            {
                p.Term = HasTerm(p) ? map.Of(p.Term) : 0;
                p.Masters = Map(p.Masters, map);
            }

            for (var j = 0; node.Waits && j < Count; j++)
            {
                if (node.Waiting[j] is { } hello)
                {
                    var term = map.Of(hello.Term);
                    var masters = Map(hello.Masters, map);
                    node.Waiting[j] = term == hello.Term && masters == hello.Masters ? hello : hello with { Term = term, Masters = masters };
                }
            }
        }
    }

    private bool HasTerm(in PeerState p) => p.Known && p.Role != HelloRole.Resign && (p.Role == HelloRole.Master || p.At + DeadMan > Now);

    private static ImmutableArray<HeardMaster> Map(ImmutableArray<HeardMaster> masters, TermMap map)
    {
        if (masters.IsEmpty)
        {
            return masters;
        }

        var mapped = ImmutableArray.CreateBuilder<HeardMaster>(masters.Length);
        foreach (var master in masters)
        {
            mapped.Add(master with { Term = map.Of(master.Term) });
        }

        return mapped.MoveToImmutable();
    }
}
