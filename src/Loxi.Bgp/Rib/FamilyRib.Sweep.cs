namespace Loxi.Bgp.Rib;

internal sealed partial class FamilyRib
{
    private int _sweepCursor = 1;
    private int _sweepEnd;
    private int _sweepLeft;

    /// <summary>Whether paths are marked that the sweep has not come to.</summary>
    internal bool HasWork => _sweepLeft > 0;

    /// <summary>Goes over some paths: removes what is doomed, judges what is unjudged. Marks are set at once, the work is done in steps between which the lock is free.</summary>
    internal void Sweep(ref int budget)
    {
        while (_sweepLeft > 0 && budget > 0)
        {
            if (_sweepCursor >= _sweepEnd)
            {
                _sweepCursor = 1;
            }

            ref var path = ref Paths[_sweepCursor];
            if (path.Prefix != 0 && (path.Flags & (PathFlags.Doomed | PathFlags.Unjudged)) != 0)
            {
                SweepPath(_sweepCursor, ref path);
                budget -= 4;
            }

            _sweepCursor++;
            _sweepLeft--;
            budget--;
        }

        ReleaseEndOfRib();
    }

    /// <summary>From now on learned routes are kept and not chosen (RFC 4724 4.1).</summary>
    internal void Defer() => IsDeferring = IsEndOfRibHeld = true;

    /// <summary>Routes are chosen now, in steps; then End-of-RIB goes out.</summary>
    internal void EndDeferral()
    {
        IsDeferring = false;
        MarkAllUnjudged();
        ReleaseEndOfRib();
    }

    private void ReleaseEndOfRib()
    {
        if (!IsEndOfRibHeld || IsDeferring || HasWork)
        {
            return;
        }

        IsEndOfRibHeld = false;
        foreach (var group in Groups)
        {
            group.Signal();
        }
    }

    /// <summary>The session of the peer is over.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="keep">Whether its routes are kept as stale; those that are already go (RFC 4724 4.2), unless they are kept for long (RFC 9494 4.2).</param>
    internal void MarkDown(RibPeer peer, bool keep)
        => Mark(peer, (ref PathEntry path) =>
        {
            path.Flags |= keep && ((path.Flags & PathFlags.Stale) == 0 || (path.Flags & PathFlags.LongLivedStale) != 0) ? PathFlags.Stale : PathFlags.Doomed;
        });

    /// <summary>The peer sends everything again (RFC 7313 4, BoRR).</summary>
    internal void MarkStale(RibPeer peer) => Mark(peer, static (ref PathEntry path) => path.Flags |= PathFlags.Stale);

    internal void PurgeStale(RibPeer peer)
        => Mark(peer, static (ref PathEntry path) => path.Flags |= (path.Flags & PathFlags.Stale) != 0 ? PathFlags.Doomed : PathFlags.None);

    /// <summary>RFC 9494 4.2: what is stale is kept for long, and tells it by LLGR_STALE; what must not be goes.</summary>
    internal void MarkLongLivedStale(RibPeer peer)
        => Mark(peer, (ref PathEntry path) =>
        {
            if ((path.Flags & PathFlags.Stale) != 0)
            {
                path.Flags |= (Attributes[path.Received].Traits & AttributeTraits.NoLongLived) != 0 ? PathFlags.Doomed : PathFlags.LongLivedStale | PathFlags.Unjudged;
            }
        });

    /// <summary>Import policies or settings of the peer are other than they were.</summary>
    internal void MarkUnjudged(RibPeer peer) => Mark(peer, static (ref PathEntry path) => path.Flags |= PathFlags.Unjudged);

    /// <summary>Rules of the best path are other than they were.</summary>
    internal void MarkAllUnjudged()
    {
        for (var i = 1; i < Paths.End; i++)
        {
            if (Paths[i].Prefix != 0)
            {
                Paths[i].Flags |= PathFlags.Unjudged;
            }
        }

        StartSweep();
    }

    private void StartSweep()
    {
        // What is added from here on has no marks.
        _sweepEnd = Paths.End;
        _sweepLeft = _sweepEnd - 1;
    }

    private void SweepPath(int index, ref PathEntry path)
    {
        if ((path.Flags & PathFlags.Doomed) != 0)
        {
            RemovePath(index);
            return;
        }

        path.Flags &= ~PathFlags.Unjudged;
        if (path.Peer != 0)
        {
            Rejudge(Owner.Peer(path.Peer), index);
        }

        Reselect(path.Prefix, isBestChanged: false);
    }

    private void Mark(RibPeer peer, PathMark mark)
    {
        if (peer[Family].Received == 0)
        {
            return;
        }

        peer[Family].MayBeStale = true;

        for (var i = 1; i < Paths.End; i++)
        {
            ref var path = ref Paths[i];
            if (path.Prefix != 0 && path.Peer == peer.Number)
            {
                mark(ref path);
            }
        }

        StartSweep();
    }

    private delegate void PathMark(ref PathEntry path);
}
