using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Engine;

/// <content>Reading this node's table, a part after another: to compare it, and to learn what is in use.</content>
public sealed partial class SyncEngine<TKey, TValue>
{
    /// <summary>What an age may differ from itself by, rounded and told twice.</summary>
    private static readonly long AgeTolerance = TimeSpan.FromMilliseconds(100).Ticks;

    private readonly long[] _refreshedAt = new long[ConnectionBuckets.Count];
    private readonly BucketSet _toRead = new();
    private long _sweepAt;
    private int _sweepFrom;
    private int _round;
    private long _readAt;

    /// <summary>Changes of some buckets were lost: they are read next.</summary>
    /// <param name="bucket">The bucket, 0 to 4,095.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such bucket.</exception>
    public void MarkDirty(int bucket) => _toRead.Add(bucket);

    /// <summary>
    /// Buckets that are to be read now: <see cref="BeginRead"/>, then <see cref="Read"/> for each entry that the table has in them, then <see cref="EndRead"/>.
    /// Between these nothing else is called but <see cref="Put"/>, <see cref="Delete"/> and <see cref="Expire"/>; afterwards there may be records in <see cref="Incoming"/>.
    /// </summary>
    /// <param name="buckets">They are added to it.</param>
    /// <param name="now">The time.</param>
    /// <returns>How many.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="buckets"/> is null.</exception>
    public int TakeReads(ConnectionBuckets buckets, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        if (now.Ticks >= _sweepAt)
        {
            _sweepAt = now.Ticks + _settings.SweepPeriod.Ticks;
            for (var i = 0; i < _settings.SweepBuckets; i++)
            {
                _toRead.Add(_sweepFrom);
                _sweepFrom = (_sweepFrom + 1) % ConnectionBuckets.Count;
            }
        }

        var count = _toRead.Count;
        for (var bucket = _toRead.Take(); bucket >= 0; bucket = _toRead.Take())
        {
            buckets.Add(bucket);
        }

        return count;
    }

    /// <summary>Begins to read.</summary>
    /// <param name="now">The time.</param>
    /// <exception cref="InvalidOperationException">There are records in <see cref="Incoming"/>.</exception>
    public void BeginRead(TimeSpan now)
    {
        ThrowWhileIncoming();
        _round++;
        _readAt = now.Ticks;
    }

    /// <summary>An entry that the table has.</summary>
    /// <param name="key">Which.</param>
    /// <param name="value">Its value.</param>
    /// <param name="version">Its version.</param>
    /// <param name="age">Time since it was in use.</param>
    /// <param name="now">The time.</param>
    public void Read(in TKey key, in TValue value, ConnectionVersion version, TimeSpan age, TimeSpan now)
    {
        var slot = _slab.Find(key);
        if (slot < 0 || version.Value > _slab[slot].Version)
        {
            Put(key, value, version, age, now);
            return;
        }

        ref var s = ref _slab[slot];
        s.Round = _round;
        if (!s.IsLive)
        {
            Hand(SyncOperation.Delete, slot, s.Version, now.Ticks);
            return;
        }

        if (version.Value < s.Version)
        {
            // What was told of it did not come into the table.
            Restore(slot);
            return;
        }

        var seen = now.Ticks - age.Ticks;
        if (seen > s.Seen + AgeTolerance)
        {
            s.Seen = seen;
            s.Keeper = _settings.NodeId;
        }

        if (s.Keeper == _settings.NodeId && s.Seen > s.Refreshed && _readAt - s.Refreshed >= _schema.TimeoutOf(key, value).Ticks / 4)
        {
            s.Refreshed = _readAt;
            RefreshLater(s.Bucket);
        }
    }

    /// <summary>All that the table has in the buckets was read: what else is known of them is not in it.</summary>
    /// <param name="buckets">The buckets that were read.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentNullException"><paramref name="buckets"/> is null.</exception>
    public void EndRead(ConnectionBuckets buckets, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        for (var bucket = 0; bucket < ConnectionBuckets.Count; bucket++)
        {
            for (var slot = buckets.Contains(bucket) ? _slab.First(bucket) : -1; slot >= 0;)
            {
                ref var s = ref _slab[slot];
                var next = s.BucketNext;
                if (s.Round != _round && (s.Flags & (SlotFlags.Tombstone | SlotFlags.Parked)) == 0)
                {
                    if (KeptByPeer(slot, now.Ticks))
                    {
                        Restore(slot);
                    }
                    else
                    {
                        Bury(slot, s.Version, now.Ticks);
                        Pend(slot, now.Ticks);
                    }
                }

                slot = next;
            }
        }
    }

    /// <summary>Some entries of a bucket are in use, and their peers have not heard it for a quarter of their time.</summary>
    private void RefreshLater(int bucket)
    {
        _refreshedAt[bucket] = _readAt;
        foreach (var peer in Peers)
        {
            if (!peer.Tracked)
            {
                continue;
            }

            if (peer.Pending.Count >= _settings.Backlog / 2)
            {
                peer.Counters.RefreshesDropped++;
            }
            else
            {
                peer.Refresh.Add(bucket);
            }
        }
    }
}
