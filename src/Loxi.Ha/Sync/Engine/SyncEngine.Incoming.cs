using System.Runtime.InteropServices;
using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Engine;

/// <content>What others say, on its way into this node's table.</content>
public sealed partial class SyncEngine<TKey, TValue>
{
    private const int RetriedAtOnce = 512;
    private readonly List<SyncRecord<TKey, TValue>> _incoming = [];
    private readonly List<int> _incomingSlots = [];
    private SyncStream<TKey, TValue>? _applying;
    private ulong _applyingSequence;
    private long _retryAt;

    /// <summary>What is to be put into the table, in this order; then <see cref="Applied"/>. Valid until then.</summary>
    public ReadOnlySpan<SyncRecord<TKey, TValue>> Incoming => CollectionsMarshal.AsSpan(_incoming);

    /// <summary>The records of <see cref="Incoming"/> went into the table: from now on they are acknowledged.</summary>
    /// <param name="outcomes">What became of each.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">There are not as many outcomes as records.</exception>
    public void Applied(ReadOnlySpan<SyncOutcome> outcomes, TimeSpan now)
    {
        if (outcomes.Length != _incoming.Count)
        {
            throw new ArgumentException($"{outcomes.Length} outcomes: expected {_incoming.Count}, as there are records.", nameof(outcomes));
        }

        var records = CollectionsMarshal.AsSpan(_incoming);
        for (var i = 0; i < outcomes.Length; i++)
        {
            Became(records[i], _incomingSlots[i], outcomes[i], now.Ticks);
        }

        _incoming.Clear();
        _incomingSlots.Clear();
        if (_applying is { } stream)
        {
            stream.Applied = _applyingSequence;
            stream.AckDue = true;
            _applying = null;
        }
    }

    /// <summary>What entries need has come, e.g. services: those that wait are tried at once.</summary>
    /// <param name="now">The time.</param>
    /// <exception cref="InvalidOperationException">There are records in <see cref="Incoming"/>.</exception>
    public void RetryParked(TimeSpan now)
    {
        ThrowWhileIncoming();
        for (var i = Math.Min(_parked.Count, RetriedAtOnce); i > 0; i--)
        {
            var slot = _parked.Head;
            ref var s = ref _slab[slot];
            _slab.Unlink(ref _parked, slot);
            s.Flags &= ~SlotFlags.Parked;
            s.Round = _round;
            Hand(SyncOperation.Put, slot, s.Version, now.Ticks);
        }

        // More than go at once wait for the next step only.
        _retryAt = _parked.Count > 0 && _incoming.Count == RetriedAtOnce ? now.Ticks : now.Ticks + _settings.RetryPeriod.Ticks;
    }

    private void ThrowWhileIncoming()
    {
        if (_incoming.Count > 0)
        {
            throw new InvalidOperationException($"{_incoming.Count} records have not been applied.");
        }
    }

    private void Hand(SyncOperation operation, int slot, ulong version, long now)
    {
        ref var s = ref _slab[slot];
        _incoming.Add(new SyncRecord<TKey, TValue>(operation, s.Key, s.Value, new ConnectionVersion(version), new TimeSpan(Math.Max(0, now - s.Seen))));
        _incomingSlots.Add(slot);
    }

    private void Became(in SyncRecord<TKey, TValue> record, int slot, SyncOutcome outcome, long now)
    {
        if (record.Operation != SyncOperation.Put || outcome is SyncOutcome.Applied or SyncOutcome.Stale)
        {
            return;
        }

        ref var s = ref _slab[slot];
        if (!s.IsLive || s.Version != record.Version.Value || !s.Key.Equals(record.Key))
        {
            // Something else has been told of it meanwhile.
            return;
        }

        switch (outcome)
        {
            case SyncOutcome.Conflict:
                _counters.Conflicts++;
                // The same on all nodes: what cannot be everywhere is nowhere.
                Bury(slot, s.Version, now);
                Pend(slot, now);
                break;
            case SyncOutcome.Refused:
                _counters.Refused++;
                break;
            default:
                Park(slot);
                break;
        }
    }

    private void Park(int slot)
    {
        ref var s = ref _slab[slot];
        if ((s.Flags & SlotFlags.Parked) == 0)
        {
            s.Flags |= SlotFlags.Parked;
            _slab.Link(ref _parked, slot);
        }
    }

    /// <summary>A record of a peer: the newer one wins, a deletion also against the same version.</summary>
    private void Offer(SyncPeer<TKey, TValue> peer, in SyncRecord<TKey, TValue> record, long now)
    {
        var slot = _slab.Find(record.Key);
        switch (record.Operation)
        {
            case SyncOperation.Put:
                OfferPut(peer, record, slot, now);
                break;
            case SyncOperation.Delete:
                OfferDelete(record, slot, now);
                break;
            default:
                if (slot >= 0 && _slab[slot].IsLive)
                {
                    _slab[slot].Flags &= ~SlotFlags.Suspect;
                    OfferUse(peer, slot, now - record.Age.Ticks, now);
                }

                break;
        }
    }

    private void OfferPut(SyncPeer<TKey, TValue> peer, in SyncRecord<TKey, TValue> record, int slot, long now)
    {
        var seen = now - record.Age.Ticks;
        if (slot < 0)
        {
            slot = Add(record.Key);
            if (slot < 0)
            {
                return;
            }
        }
        else
        {
            ref var known = ref _slab[slot];
            known.Flags &= ~SlotFlags.Suspect;
            if (record.Version.Value <= known.Version && Has(SyncRules.Newer))
            {
                if (record.Version.Value == known.Version && known.IsLive)
                {
                    OfferUse(peer, slot, seen, now);
                }
                else
                {
                    _counters.Stale++;
                    if (!known.IsLive)
                    {
                        // Sums do not count what is gone: a peer that missed it would name the entry for ever.
                        PendFor(peer, slot, now);
                    }
                }

                return;
            }

            Leave(slot);
        }

        ref var s = ref _slab[slot];
        Set(slot, record.Value, record.Version.Value, seen);
        s.Keeper = peer.Id;
        s.Refreshed = now;
        Hand(SyncOperation.Put, slot, s.Version, now);
    }

    private void OfferDelete(in SyncRecord<TKey, TValue> record, int slot, long now)
    {
        if (slot < 0)
        {
            slot = Add(record.Key);
            if (slot >= 0)
            {
                Bury(slot, record.Version.Value, now);
            }

            return;
        }

        ref var s = ref _slab[slot];
        s.Flags &= ~SlotFlags.Suspect;
        if (record.Version.Value < s.Version || (record.Version.Value == s.Version && !s.IsLive))
        {
            _counters.Stale++;
            return;
        }

        if (s.IsLive)
        {
            Hand(SyncOperation.Delete, slot, record.Version.Value, now);
        }

        Bury(slot, record.Version.Value, now);
    }

    /// <summary>A peer says when an entry was in use. The later one counts, and who says it keeps the entry.</summary>
    private void OfferUse(SyncPeer<TKey, TValue> peer, int slot, long seen, long now)
    {
        ref var s = ref _slab[slot];
        if (seen > s.Seen + AgeTolerance)
        {
            s.Seen = seen;
            s.Keeper = peer.Id;
            Hand(SyncOperation.Refresh, slot, s.Version, now);
        }
        else if (s.Keeper != _settings.NodeId && !IsAlive(s.Keeper, now))
        {
            s.Keeper = peer.Id;
        }
    }
}
