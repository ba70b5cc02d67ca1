using System.Buffers.Binary;
using Loxi.Core.Connections;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Engine;

/// <content>What goes to peers.</content>
public sealed partial class SyncEngine<TKey, TValue>
{
    /// <summary>Least room for a frame, in octets.</summary>
    public const int LeastFrame = 8192;

    private readonly BucketSet _wants = new();

    /// <summary>Writes the next frame for a peer. As long as it gives one there may be more.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="frame">Receives it; <see cref="LeastFrame"/> octets at least, more than <see cref="SyncFrame.LongestLength"/> are not used.</param>
    /// <param name="now">The time.</param>
    /// <returns>Octets of the frame; 0 when there is nothing to say, or no connection.</returns>
    /// <exception cref="ArgumentException">There is no such peer, or too little room.</exception>
    public int Write(byte peer, SyncChannel channel, Span<byte> frame, TimeSpan now)
    {
        if (frame.Length < LeastFrame)
        {
            throw new ArgumentException($"{frame.Length} octets: expected {LeastFrame} at least.", nameof(frame));
        }

        var p = PeerOf(peer);
        var stream = p.Stream(channel);
        frame = frame[..Math.Min(frame.Length, SyncFrameLayout.LongestFrame)];
        if (!stream.Connected || stream.Dead)
        {
            return 0;
        }

        if (!stream.OpenSent)
        {
            stream.OpenSent = true;
            SyncFrame.WriteOpen(frame, new SyncOpen(_schema.Id, _settings.Layout, _settings.NodeId, p.Id, channel));
            return End(stream, frame, SyncFrameLayout.OpenLength, SyncFrameKind.Open);
        }

        if (!stream.Opened)
        {
            return 0;
        }

        var length = channel == SyncChannel.Live ? WriteLive(p, stream, frame, now.Ticks) : WriteBucket(p, stream, frame, now.Ticks);
        var tells = channel == SyncChannel.Live && p.TellServes;
        p.TellServes &= !tells;

        return length > 0 || (!stream.AckDue && !tells) ? length : End(stream, frame, SyncFrameLayout.HeaderLength, SyncFrameKind.Ack);
    }

    /// <summary>The notice first, so that the peer knows this node's kinds before it answers a request; requests, they are short; then changes, sums once nothing waits, and last what is in use.</summary>
    private int WriteLive(SyncPeer<TKey, TValue> peer, SyncStream<TKey, TValue> stream, Span<byte> frame, long now)
    {
        if (!peer.ToldNotice || peer.ToldLacks != _parked.Count > 0)
        {
            return WriteNotice(peer, stream, frame);
        }

        if (peer.WantNew.Count > 0)
        {
            return WriteWant(peer, stream, frame);
        }

        if (peer.Pending.Count > 0)
        {
            // Behind a full window everything waits: sums hold only after all changes.
            return peer.InFlight.Count < _settings.Window ? WriteChanges(peer, stream, frame, now) : 0;
        }

        if (peer.DigestDue)
        {
            // What goes by the other channel comes before or after: sums would differ that do not.
            if (peer.Resend.Count == 0 && peer.Dirty.Count == 0 && peer.BucketsInFlight.Count == 0 && peer.BulkBucket < 0)
            {
                var length = WriteDigest(peer, stream, frame, now);
                if (length > 0)
                {
                    return length;
                }
            }
        }

        return peer.Refresh.Count > 0 ? WriteRefreshes(peer, stream, frame, now) : 0;
    }

    private int WriteWant(SyncPeer<TKey, TValue> peer, SyncStream<TKey, TValue> stream, Span<byte> frame)
    {
        var round = ++peer.WantRound;
        BinaryPrimitives.WriteUInt32BigEndian(frame[SyncFrameLayout.HeaderLength..], round);
        peer.WantNew.Write(frame[(SyncFrameLayout.HeaderLength + 4)..]);
        for (var bucket = peer.WantNew.Take(); bucket >= 0; bucket = peer.WantNew.Take())
        {
            peer.WantRounds[bucket] = round;
        }

        return End(stream, frame, SyncFrameLayout.WantLength, SyncFrameKind.Want);
    }

    private int WriteChanges(SyncPeer<TKey, TValue> peer, SyncStream<TKey, TValue> stream, Span<byte> frame, long now)
    {
        var epoch = stream.Writer!.BeginFrame();
        var at = SyncFrameLayout.HeaderLength;
        ushort count = 0;
        while (peer.Pending.Count > 0 && peer.InFlight.Count < _settings.Window && count < ushort.MaxValue)
        {
            ref var s = ref _slab[peer.Pending.First.Number];
            if (!stream.Writer.TryWrite(RecordOf(s, now), frame[at..], out var written))
            {
                break;
            }

            peer.InFlight.Enqueue(peer.Pending.Dequeue() with { Sequence = stream.Sent + 1 });
            s.Pending &= ~peer.Bit;
            at += written;
            count++;
        }

        peer.Counters.RecordsSent += count;
        return End(stream, frame, at, SyncFrameKind.Records, count, epoch);
    }

    private int WriteDigest(SyncPeer<TKey, TValue> peer, SyncStream<TKey, TValue> stream, Span<byte> frame, long now)
    {
        while (peer.DigestOwner <= byte.MaxValue && !SpeaksFor(peer.DigestOwner, peer, now))
        {
            peer.DigestOwner++;
            peer.DigestFirst = 0;
        }

        if (peer.DigestOwner > byte.MaxValue)
        {
            peer.DigestDue = false;
            return 0;
        }

        frame[SyncFrameLayout.HeaderLength] = (byte)peer.DigestOwner;
        frame[SyncFrameLayout.HeaderLength + 1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(frame[(SyncFrameLayout.HeaderLength + 2)..], (ushort)peer.DigestFirst);
        for (var i = 0; i < SyncFrameLayout.DigestBuckets; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(frame[(SyncFrameLayout.DigestHeadLength + (i * 8))..], SumOf(peer.DigestOwner, peer, peer.DigestFirst + i));
        }

        peer.DigestFirst += SyncFrameLayout.DigestBuckets;
        if (peer.DigestFirst == ConnectionBuckets.Count)
        {
            peer.DigestFirst = 0;
            peer.DigestOwner++;
        }

        return End(stream, frame, SyncFrameLayout.DigestHeadLength + (SyncFrameLayout.DigestBuckets * 8), SyncFrameKind.Digest, SyncFrameLayout.DigestBuckets);
    }

    private int WriteRefreshes(SyncPeer<TKey, TValue> peer, SyncStream<TKey, TValue> stream, Span<byte> frame, long now)
    {
        var epoch = stream.Writer!.BeginFrame();
        var at = SyncFrameLayout.HeaderLength;
        ushort count = 0;
        for (var bucket = peer.Refresh.Peek(); bucket >= 0; bucket = peer.Refresh.Peek())
        {
            var passed = 0;
            for (var slot = _slab.First(bucket); slot >= 0; slot = _slab[slot].BucketNext)
            {
                ref var s = ref _slab[slot];
                if (!s.IsLive || !Knows(peer, s) || s.Keeper != _settings.NodeId || s.Refreshed != _refreshedAt[bucket] || passed++ < peer.RefreshSkip)
                {
                    continue;
                }

                if (!stream.Writer.TryWrite(RecordOf(s, now) with { Operation = SyncOperation.Refresh }, frame[at..], out var written))
                {
                    peer.RefreshSkip = passed - 1;
                    peer.Counters.RecordsSent += count;
                    return End(stream, frame, at, SyncFrameKind.Records, count, epoch);
                }

                at += written;
                count++;
            }

            peer.RefreshSkip = 0;
            peer.Refresh.Remove(bucket);
        }

        peer.Counters.RecordsSent += count;
        return count > 0 ? End(stream, frame, at, SyncFrameKind.Records, count, epoch) : 0;
    }

    private int WriteBucket(SyncPeer<TKey, TValue> peer, SyncStream<TKey, TValue> stream, Span<byte> frame, long now)
    {
        if (peer.BulkBucket < 0)
        {
            // Unacknowledged buckets are bounded as changes are: here by their number.
            if (!peer.Tracked || peer.Resend.Count == 0 || peer.BucketsInFlight.Count >= ConnectionBuckets.Count)
            {
                return 0;
            }

            peer.BulkBucket = peer.Resend.Take();
            peer.BulkSlot = _slab.First(peer.BulkBucket);
            Hold(peer.BulkSlot, 1);
        }

        var bucket = peer.BulkBucket;
        var epoch = stream.Writer!.BeginFrame();
        var at = SyncFrameLayout.BucketHeadLength;
        ushort count = 0;
        while (peer.BulkSlot >= 0 && count < ushort.MaxValue)
        {
            ref var s = ref _slab[peer.BulkSlot];
            if (Belongs(s, peer, now))
            {
                if (!stream.Writer.TryWrite(RecordOf(s, now), frame[at..], out var written))
                {
                    break;
                }

                // The peer has begun anew: it cannot keep what it gets from here.
                s.Keeper = s.Keeper == peer.Id && peer.Joining ? _settings.NodeId : s.Keeper;
                at += written;
                count++;
            }

            var next = s.BucketNext;
            Hold(next, 1);
            Hold(peer.BulkSlot, -1);
            peer.BulkSlot = next;
        }

        var isLast = peer.BulkSlot < 0;
        BinaryPrimitives.WriteUInt32BigEndian(frame[SyncFrameLayout.HeaderLength..], peer.Rounds[bucket]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(SyncFrameLayout.HeaderLength + 4)..], (ushort)bucket);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(SyncFrameLayout.HeaderLength + 6)..], 0);
        if (peer.Joining)
        {
            peer.Counters.RecordsJoined += count;
        }
        else
        {
            peer.Counters.RecordsResent += count;
        }

        if (isLast)
        {
            peer.BulkBucket = -1;
            peer.BucketsInFlight.Enqueue(new QueueItem(bucket, 0, now, stream.Sent + 1));
        }

        var flags = isLast ? SyncFrameLayout.LastFlag | (IsAuthority(peer) ? SyncFrameLayout.WholeFlag : 0) : 0;
        return End(stream, frame, at, SyncFrameKind.Bucket, count, epoch, (byte)flags);
    }

    private void Hold(int slot, int by)
    {
        if (slot >= 0)
        {
            _slab[slot].References += by;
        }
    }

    private static SyncRecord<TKey, TValue> RecordOf(in Slot<TKey, TValue> slot, long now) => new(
        slot.IsLive ? SyncOperation.Put : SyncOperation.Delete,
        slot.Key,
        slot.Value,
        new ConnectionVersion(slot.Version),
        slot.IsLive ? new TimeSpan(Math.Max(0, now - slot.Seen)) : TimeSpan.Zero);

    /// <summary>The header, when all else is there.</summary>
    private int End(SyncStream<TKey, TValue> stream, Span<byte> frame, int length, SyncFrameKind kind, ushort count = 0, ushort epoch = 0, byte flags = 0)
    {
        stream.AckDue = false;
        SyncFrame.WriteHeader(frame, length, new SyncFrameHeader
        {
            Kind = kind,
            Epoch = epoch,
            Incarnation = stream.Incarnation,
            Sequence = ++stream.Sent,
            Ack = stream.Applied,
            Term = _term,
            Flags = (byte)(flags | (_serves ? SyncFrameLayout.ServesFlag : 0)),
            Count = count,
        });
        return length;
    }
}
