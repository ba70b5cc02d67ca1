using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Engine;

/// <content>What happens in this node's own table.</content>
public sealed partial class SyncEngine<TKey, TValue>
{
    private const int FreedAtOnce = 1024;

    /// <summary>An entry came, or changed, in this node's table.</summary>
    /// <param name="key">Which.</param>
    /// <param name="value">Its value.</param>
    /// <param name="version">Its version. What is not newer than what is known changes nothing.</param>
    /// <param name="age">Time since it was in use.</param>
    /// <param name="now">The time.</param>
    public void Put(in TKey key, in TValue value, ConnectionVersion version, TimeSpan age, TimeSpan now)
    {
        var slot = _slab.Find(key);
        if (slot < 0)
        {
            slot = Add(key);
            if (slot < 0)
            {
                return;
            }
        }
        else
        {
            ref var known = ref _slab[slot];
            if (version.Value <= known.Version)
            {
                known.Round = _round;
                _counters.Stale++;
                return;
            }

            Leave(slot);
        }

        ref var s = ref _slab[slot];
        Set(slot, value, version.Value, now.Ticks - age.Ticks);
        s.Keeper = _settings.NodeId;
        s.Refreshed = now.Ticks;
        Pend(slot, now.Ticks);
    }

    /// <summary>An entry was removed from this node's table: closed, taken away, replaced.</summary>
    /// <param name="key">Which.</param>
    /// <param name="version">The version that it had, or a newer one.</param>
    /// <param name="now">The time.</param>
    public void Delete(in TKey key, ConnectionVersion version, TimeSpan now)
    {
        var slot = _slab.Find(key);
        if (slot < 0)
        {
            slot = Add(key);
            if (slot < 0)
            {
                return;
            }
        }
        else if (version.Value < _slab[slot].Version || (version.Value == _slab[slot].Version && !_slab[slot].IsLive))
        {
            _counters.Stale++;
            return;
        }

        Bury(slot, version.Value, now.Ticks);
        Pend(slot, now.Ticks);
    }

    /// <summary>
    /// An entry was removed from this node's table because it was not in use for its time. One that a live peer keeps is put back: only who sees it used knows when it is not (<see cref="SetServing"/>).
    /// </summary>
    /// <param name="key">Which.</param>
    /// <param name="version">The version that it had.</param>
    /// <param name="now">The time.</param>
    public void Expire(in TKey key, ConnectionVersion version, TimeSpan now)
    {
        var slot = _slab.Find(key);
        if (slot >= 0 && _slab[slot].IsLive && _slab[slot].Version >= version.Value && KeptByPeer(slot, now.Ticks))
        {
            Restore(slot);
            return;
        }

        Delete(key, version, now);
    }

    /// <summary>Does what is due: sums for the peers, entries that the table did not take, what was remembered long enough. At least every 100 ms.</summary>
    /// <param name="now">The time.</param>
    /// <exception cref="InvalidOperationException">There are records in <see cref="Incoming"/>.</exception>
    public void Tick(TimeSpan now)
    {
        ThrowWhileIncoming();
        foreach (var peer in Peers)
        {
            if (peer.Live.Runs && now.Ticks >= peer.DigestAt && Has(SyncRules.Digests))
            {
                peer.DigestAt = now.Ticks + _settings.DigestPeriod.Ticks;
                BeginDigest(peer);
            }

            if (peer.Dirty.Count > 0 && peer.Pending.Count < _settings.Backlog / 4)
            {
                peer.Resend.AddAll(peer.Dirty);
                peer.Dirty.Clear();
            }
        }

        var remembered = Has(SyncRules.Tombstones) ? _settings.TombstoneTime.Ticks : 0;
        for (var i = Math.Min(_tombstones.Count, FreedAtOnce); i > 0; i--)
        {
            var slot = _tombstones.Head;
            if (now.Ticks - _slab[slot].Seen < remembered)
            {
                break;
            }

            _slab.Unlink(ref _tombstones, slot);
            if (_slab[slot].References == 0)
            {
                _slab.Remove(slot);
            }
            else
            {
                _slab.Link(ref _tombstones, slot);
            }
        }

        if (now.Ticks >= _retryAt)
        {
            RetryParked(now);
        }
    }

    /// <summary>Sums are told with the next chance instead of at their time, as at a change of role.</summary>
    public void CompareNow()
    {
        foreach (var peer in Peers)
        {
            peer.DigestAt = 0;
        }
    }

    private bool KeptByPeer(int slot, long now)
    {
        if (!Has(SyncRules.Veto))
        {
            return false;
        }

        if (_serves)
        {
            return _byId[_slab[slot].Keeper] is { Serves: true } keeper && Knows(keeper, _slab[slot]) && IsAlive(keeper, now);
        }

        foreach (var peer in Peers)
        {
            if (Knows(peer, _slab[slot]) && IsAlive(peer, now))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts an entry that the table has lost back into it.</summary>
    private void Restore(int slot)
    {
        _counters.Restored++;
        Park(slot);
        _retryAt = 0;
    }

    /// <summary>A slot for a key that is not known.</summary>
    private int Add(in TKey key)
    {
        var (hash, kind) = (_schema.HashOf(key), (byte)_schema.KindOf(key));
        var slot = _slab.Add(key, hash, kind);
        for (var i = Math.Min(_tombstones.Count, 64); slot < 0 && i > 0; i--)
        {
            var oldest = _tombstones.Head;
            _slab.Unlink(ref _tombstones, oldest);
            if (_slab[oldest].References == 0)
            {
                _slab.Remove(oldest);
                slot = _slab.Add(key, hash, kind);
            }
            else
            {
                _slab.Link(ref _tombstones, oldest);
            }
        }

        if (slot < 0)
        {
            _counters.Full++;
            _incomplete = true;
        }

        return slot;
    }

    /// <summary>Takes a known entry out of the sum and the lists that it is in.</summary>
    private void Leave(int slot)
    {
        ref var s = ref _slab[slot];
        if (!s.IsLive)
        {
            _slab.Unlink(ref _tombstones, slot);
        }
        else
        {
            // A slot that was just made has no version, and is in no sum.
            if (s.Version != 0)
            {
                Count(s, isThere: false);
            }

            if ((s.Flags & SlotFlags.Parked) != 0)
            {
                _slab.Unlink(ref _parked, slot);
            }
        }

        s.Flags = SlotFlags.None;
    }

    /// <summary>Sets an entry that is in no list and no sum.</summary>
    private void Set(int slot, in TValue value, ulong version, long seen)
    {
        ref var s = ref _slab[slot];
        s.Value = value;
        s.Version = version;
        s.Seen = seen;
        s.Round = _round;
        Count(s, isThere: true);
    }

    /// <summary>An entry is gone, and remembered.</summary>
    private void Bury(int slot, ulong version, long now)
    {
        Leave(slot);
        ref var s = ref _slab[slot];
        s.Version = version;
        s.Flags = SlotFlags.Tombstone;
        s.Seen = now;
        s.Keeper = _settings.NodeId;
        _slab.Link(ref _tombstones, slot);
    }

    /// <summary>An entry waits for all peers; where too much waits, its bucket does.</summary>
    private void Pend(int slot, long now)
    {
        foreach (var peer in Peers)
        {
            PendFor(peer, slot, now);
        }
    }

    private void PendFor(SyncPeer<TKey, TValue> peer, int slot, long now)
    {
        ref var s = ref _slab[slot];
        if (!peer.Tracked || !Knows(peer, s) || (s.Pending & peer.Bit) != 0)
        {
            return;
        }

        if (peer.Pending.Count >= (s.IsLive ? _settings.Backlog : _settings.Backlog / 4 * 3))
        {
            peer.Counters.ChangesDropped++;
            peer.Dirty.Add(s.Bucket);
            return;
        }

        s.Pending |= peer.Bit;
        s.References++;
        peer.Pending.Enqueue(new QueueItem(slot, ++peer.Enqueued, now, 0));
    }
}
