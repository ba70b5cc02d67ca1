using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Engine;

/// <content>Streams with peers: begin, end, runs of the peer.</content>
public sealed partial class SyncEngine<TKey, TValue>
{
    /// <summary>A connection with a peer was made. One of the same channel that there was is over.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">There is no such peer.</exception>
    public void Open(byte peer, SyncChannel channel, TimeSpan now)
    {
        Close(peer, channel, now);
        PeerOf(peer).Stream(channel).Connect(_schema, _incarnation + _removals[peer]);
    }

    /// <summary>A connection with a peer has ended. What it did not acknowledge goes again by the next one.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">There is no such peer.</exception>
    public void Close(byte peer, SyncChannel channel, TimeSpan now)
    {
        var p = PeerOf(peer);
        var stream = p.Stream(channel);
        if (!stream.Connected)
        {
            return;
        }

        if (channel == SyncChannel.Live)
        {
            p.WasOpen |= stream.Opened;
            p.ToldNotice = false;
            p.ClosedAt = stream.Opened ? now.Ticks : p.ClosedAt;
            Requeue(p);
        }
        else
        {
            RequeueBuckets(p);
        }

        stream.Disconnect();
    }

    /// <summary>What was written to the other channel before may come after: flags are those of the live one.</summary>
    private static void Hear(SyncPeer<TKey, TValue> peer, in SyncFrameHeader header)
    {
        peer.Term = header.Term;
        peer.Serves = (header.Flags & SyncFrameLayout.ServesFlag) != 0;
    }

    /// <summary>The peer is another process than before: it has nothing that it was sent, and may have forgotten what it sent.</summary>
    private void BeginRun(SyncPeer<TKey, TValue> peer, ulong incarnation)
    {
        peer.Incarnation = incarnation;
        peer.Kinds = 1;
        peer.Lacks = false;
        Untrack(peer);
        peer.Joined = false;
        peer.Joining = false;
        peer.Asked = false;
        peer.Wanted.Clear();
        peer.WantNew.Clear();
        foreach (var stream in (ReadOnlySpan<SyncStream<TKey, TValue>>)[peer.Live, peer.Bulk])
        {
            stream.Dead |= stream.Opened && Has(SyncRules.Incarnation);
        }
    }

    /// <summary>Asks a peer for what is missing of it: everything, after it or this node began anew.</summary>
    private void Join(SyncPeer<TKey, TValue> peer)
    {
        if (!peer.Joined && peer.Wanted.Count == 0)
        {
            for (var bucket = 0; bucket < Core.Connections.ConnectionBuckets.Count; bucket++)
            {
                Want(peer, bucket);
            }

            return;
        }

        peer.WantNew.Clear();
        peer.WantNew.AddAll(peer.Wanted);
    }

    /// <summary>Nothing is kept for the peer any more.</summary>
    private void Untrack(SyncPeer<TKey, TValue> peer)
    {
        peer.Tracked = false;
        foreach (var queue in (ReadOnlySpan<ItemQueue>)[peer.Pending, peer.InFlight])
        {
            while (queue.Count > 0)
            {
                ref var s = ref _slab[queue.Dequeue().Number];
                s.References--;
                s.Pending &= ~peer.Bit;
            }
        }

        RequeueBuckets(peer);
        peer.Resend.Clear();
        peer.Dirty.Clear();
        peer.Refresh.Clear();
        peer.DigestDue = false;
    }

    /// <summary>What went and was not acknowledged waits again, each entry in its first place.</summary>
    private void Requeue(SyncPeer<TKey, TValue> peer)
    {
        if (peer.InFlight.Count == 0)
        {
            return;
        }

        var pending = peer.Pending;
        for (var i = 0; i < pending.Count; i++)
        {
            _slab[pending[i].Number].Pending &= ~peer.Bit;
        }

        var all = peer.Spare;
        foreach (var queue in (ReadOnlySpan<ItemQueue>)[peer.InFlight, pending])
        {
            while (queue.Count > 0)
            {
                var item = queue.Dequeue();
                ref var s = ref _slab[item.Number];
                if ((s.Pending & peer.Bit) != 0 || (queue == peer.InFlight && !Has(SyncRules.Requeue)))
                {
                    s.References--;
                    continue;
                }

                s.Pending |= peer.Bit;
                all.Enqueue(item);
            }
        }

        peer.Spare = pending;
        peer.Pending = all;
    }

    private void RequeueBuckets(SyncPeer<TKey, TValue> peer)
    {
        if (peer.BulkSlot >= 0)
        {
            _slab[peer.BulkSlot].References--;
            peer.BulkSlot = -1;
        }

        if (peer.BulkBucket >= 0)
        {
            peer.Resend.Add(peer.BulkBucket);
            peer.BulkBucket = -1;
        }

        while (peer.BucketsInFlight.Count > 0)
        {
            peer.Resend.Add(peer.BucketsInFlight.Dequeue().Number);
        }
    }

    private void AcknowledgeRecords(SyncPeer<TKey, TValue> peer, ulong ack, long now)
    {
        while (peer.InFlight.Count > 0 && peer.InFlight.First.Sequence <= ack)
        {
            var item = peer.InFlight.Dequeue();
            _slab[item.Number].References--;
            peer.LastLag = now - item.At;
        }
    }

    private static void AcknowledgeBuckets(SyncPeer<TKey, TValue> peer, ulong ack)
    {
        while (peer.BucketsInFlight.Count > 0 && peer.BucketsInFlight.First.Sequence <= ack)
        {
            peer.BucketsInFlight.Dequeue();
        }

        peer.Joining &= peer.Resend.Count > 0 || peer.BucketsInFlight.Count > 0 || peer.BulkBucket >= 0;
    }
}
