using System.Buffers.Binary;
using Loxi.Core.Connections;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Engine;

/// <content>Sums of buckets, and buckets as a whole: a node that joins, and what was lost.</content>
public sealed partial class SyncEngine<TKey, TValue>
{
    /// <summary>This node has all that a peer had: what it lacks of its own is gone.</summary>
    private bool IsAuthority(SyncPeer<TKey, TValue> peer) => (peer.Joined && !_incomplete) || !Has(SyncRules.Authority);

    /// <summary>Whether the sums of an owner's entries go to a peer: this node's own, and those of nodes that are not there to tell them.</summary>
    private bool SpeaksFor(int owner, SyncPeer<TKey, TValue> peer, long now) =>
        owner == _settings.NodeId || (owner != peer.Id && HasSums(owner, peer) && !IsAlive((byte)owner, now));

    /// <summary>Kinds of entries that this node and a peer know: of others neither tells the other, and their sums do not count between them.</summary>
    private uint KindsWith(SyncPeer<TKey, TValue> peer) => peer.Kinds & _kinds;

    private static bool Knows(SyncPeer<TKey, TValue> peer, in Slot<TKey, TValue> slot) => (peer.Kinds >> slot.Kind & 1) != 0;

    private bool HasSums(int owner, SyncPeer<TKey, TValue> peer)
    {
        for (var (kinds, of) = (KindsWith(peer), owner); kinds != 0; (kinds, of) = (kinds >> 1, of + 256))
        {
            if ((kinds & 1) != 0 && _sums[of] is not null)
            {
                return true;
            }
        }

        return false;
    }

    private ulong SumOf(int owner, SyncPeer<TKey, TValue> peer, int bucket)
    {
        var sum = 0UL;
        for (var (kinds, of) = (KindsWith(peer), owner); kinds != 0; (kinds, of) = (kinds >> 1, of + 256))
        {
            sum += (kinds & 1) != 0 && _sums[of] is { } sums ? sums[bucket] : 0;
        }

        return sum;
    }

    /// <summary>How many entries a peer does not have, at most.</summary>
    private int MissingAt(SyncPeer<TKey, TValue> peer)
    {
        if (!peer.Tracked || !peer.Asked)
        {
            return Counters.Entries;
        }

        var missing = peer.Pending.Count + peer.InFlight.Count;
        for (var i = 0; i < peer.BucketsInFlight.Count; i++)
        {
            var bucket = peer.BucketsInFlight[i].Number;
            missing += peer.Resend.Contains(bucket) || peer.Dirty.Contains(bucket) ? 0 : _live[bucket];
        }

        for (var bucket = 0; bucket < ConnectionBuckets.Count; bucket++)
        {
            missing += peer.Resend.Contains(bucket) || peer.Dirty.Contains(bucket) || bucket == peer.BulkBucket ? _live[bucket] : 0;
        }

        return missing;
    }

    private void BeginDigest(SyncPeer<TKey, TValue> peer)
    {
        if (IsAuthority(peer) && !peer.DigestDue)
        {
            peer.DigestDue = true;
            peer.DigestOwner = 0;
            peer.DigestFirst = 0;
        }
    }

    /// <summary>Asks a peer for a bucket. Its own entries in it are suspected until they were named.</summary>
    private void Want(SyncPeer<TKey, TValue> peer, int bucket)
    {
        if (!peer.Wanted.Add(bucket))
        {
            return;
        }

        peer.WantNew.Add(bucket);
        for (var slot = _slab.First(bucket); slot >= 0; slot = _slab[slot].BucketNext)
        {
            ref var s = ref _slab[slot];
            if (s.IsLive && s.Owner == peer.Id)
            {
                s.Flags |= SlotFlags.Suspect;
            }
        }
    }

    private SyncFrameProblem ReceiveDigest(SyncPeer<TKey, TValue> peer, in SyncFrameHeader header, ReadOnlySpan<byte> frame, long now)
    {
        var owner = frame[SyncFrameLayout.HeaderLength];
        var first = BinaryPrimitives.ReadUInt16BigEndian(frame[(SyncFrameLayout.HeaderLength + 2)..]);
        if (owner == _settings.NodeId)
        {
            // Nobody tells a node the sums of its own entries: it is a notice.
            return HearNotice(peer, BinaryPrimitives.ReadUInt64BigEndian(frame[SyncFrameLayout.DigestHeadLength..]));
        }

        if (!peer.Joined || (owner != peer.Id && IsAlive(owner, now)))
        {
            return SyncFrameProblem.None;
        }

        for (var i = 0; i < header.Count; i++)
        {
            var theirs = BinaryPrimitives.ReadUInt64BigEndian(frame[(SyncFrameLayout.DigestHeadLength + (i * 8))..]);
            if (theirs != SumOf(owner, peer, first + i) && !peer.Wanted.Contains(first + i))
            {
                peer.Counters.BucketsUnequal++;
                Want(peer, first + i);
            }
        }

        return SyncFrameProblem.None;
    }

    private SyncFrameProblem ReceiveWant(SyncPeer<TKey, TValue> peer, ReadOnlySpan<byte> frame)
    {
        var round = BinaryPrimitives.ReadUInt32BigEndian(frame[SyncFrameLayout.HeaderLength..]);
        _wants.Read(frame[(SyncFrameLayout.HeaderLength + 4)..]);
        var isAll = _wants.Count == ConnectionBuckets.Count;
        peer.Joining |= isAll;
        peer.Asked |= isAll;
        for (var bucket = _wants.Take(); bucket >= 0; bucket = _wants.Take())
        {
            peer.Rounds[bucket] = round;
            peer.Resend.Add(bucket);
            if (bucket == peer.BulkBucket)
            {
                // What went of it is older than the request.
                EndBucket(peer);
            }
        }

        return SyncFrameProblem.None;
    }

    private SyncFrameProblem ReceiveBucket(SyncPeer<TKey, TValue> peer, SyncStream<TKey, TValue> stream, in SyncFrameHeader header, ReadOnlySpan<byte> frame, long now)
    {
        var round = BinaryPrimitives.ReadUInt32BigEndian(frame[SyncFrameLayout.HeaderLength..]);
        var bucket = BinaryPrimitives.ReadUInt16BigEndian(frame[(SyncFrameLayout.HeaderLength + 4)..]);
        var problem = ReceiveRecords(peer, stream, header, frame[SyncFrameLayout.BucketHeadLength..], bucket, now);
        if (problem != SyncFrameProblem.None || (header.Flags & SyncFrameLayout.LastFlag) == 0 || !peer.Wanted.Contains(bucket) || peer.WantRounds[bucket] != round || peer.WantNew.Contains(bucket))
        {
            return problem;
        }

        peer.Wanted.Remove(bucket);
        peer.Joined |= peer.Wanted.Count == 0;
        var isWhole = (header.Flags & SyncFrameLayout.WholeFlag) != 0 && Has(SyncRules.Suspects);
        for (var slot = _slab.First(bucket); slot >= 0;)
        {
            ref var s = ref _slab[slot];
            var next = s.BucketNext;
            if ((s.Flags & SlotFlags.Suspect) != 0 && s.Owner == peer.Id)
            {
                s.Flags &= ~SlotFlags.Suspect;
                if (isWhole && Knows(peer, s))
                {
                    Hand(SyncOperation.Delete, slot, s.Version, now);
                    Bury(slot, s.Version, now);
                }
            }

            slot = next;
        }

        return SyncFrameProblem.None;
    }

    /// <summary>Which entries of a bucket go to a peer: what this node speaks for, what is the peer's own and it may have lost, and all that is gone.</summary>
    private bool Belongs(in Slot<TKey, TValue> slot, SyncPeer<TKey, TValue> peer, long now) =>
        Knows(peer, slot) && (!slot.IsLive || slot.Owner == _settings.NodeId || slot.Owner == peer.Id || !IsAlive(slot.Owner, now));

    private void EndBucket(SyncPeer<TKey, TValue> peer)
    {
        if (peer.BulkSlot >= 0)
        {
            _slab[peer.BulkSlot].References--;
        }

        peer.BulkSlot = -1;
        peer.BulkBucket = -1;
    }
}
