using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;

namespace Loxi.Ha.Sync.Connections;

/// <summary>
/// Clients of services with persist selection as entries. The data plane tells no change of them and gives them no version: they are read again and again, and what differs from what was there before has changed.
/// </summary>
/// <param name="table">The clients.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Told what has changed, while nothing else changes.</param>
internal sealed class PersistenceSync(IPersistenceTable table, TimeProvider time, SyncChangeHandler<ConnectionKey, ConnectionPath> tell)
{
    /// <summary>Versions made by a later run are the greater ones.</summary>
    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _looking = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<ConnectionKey, Known> _known = [];
    private readonly HashSet<ConnectionKey> _forgotten = [];
    private readonly List<PersistenceRecord> _read = [];
    private readonly List<ConnectionKey> _gone = [];
    private readonly int _most = (int)Math.Min(2L * table.Capacity, Array.MaxLength);
    private ulong _base = new ConnectionVersion(0, 0, 0).Value;
    private uint _counter = (uint)Math.Max(0, (time.GetUtcNow() - Beginning).TotalSeconds);
    private uint _look;

    /// <summary>Under which term and number this node changes entries from now on.</summary>
    public void SetOwner(uint term, byte owner)
    {
        lock (_gate)
        {
            _base = new ConnectionVersion(term, owner, 0).Value;
        }
    }

    /// <summary>Reads all, and tells what has changed since the last time.</summary>
    public void Look()
    {
        lock (_looking)
        {
            lock (_gate)
            {
                _look++;
                _forgotten.Clear();
            }

            // Longest of all, and nobody waits for it: what is put or removed meanwhile is marked.
            _read.Clear();
            table.Read((in PersistenceRecord record) => _read.Add(record));
            lock (_gate)
            {
                var now = time.GetTimestamp();
                foreach (ref readonly var record in CollectionsMarshal.AsSpan(_read))
                {
                    See(record, now);
                }

                ForgetOthers(now);
            }
        }
    }

    /// <summary>All entries of some buckets.</summary>
    public void Read(ConnectionBuckets buckets, SyncEntryHandler<ConnectionKey, ConnectionPath> entry)
    {
        lock (_gate)
        {
            foreach (var (key, known) in _known)
            {
                if (buckets.Contains((int)((uint)ConnectionSchema.Hash(key) >> 20)))
                {
                    entry(key, PathOf(key, known), new ConnectionVersion(known.Version), AgeOf(known, time.GetTimestamp()));
                }
            }
        }
    }

    /// <summary>Takes over what another node says.</summary>
    public SyncOutcome Apply(in SyncRecord<ConnectionKey, ConnectionPath> record)
    {
        lock (_gate)
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(_known, record.Key);
            var isKnown = !Unsafe.IsNullRef(ref known);
            switch (record.Operation)
            {
                case SyncOperation.Put:
                    return isKnown && record.Version.Value <= known.Version ? SyncOutcome.Stale : Put(record, isKnown ? known : null);
                case SyncOperation.Delete:
                    return !isKnown ? SyncOutcome.Applied : record.Version.Value < known.Version ? SyncOutcome.Stale : Delete(record.Key, known);
                default:
                    return !isKnown ? SyncOutcome.Applied : record.Version.Value != known.Version ? SyncOutcome.Stale : Put(record, known);
            }
        }
    }

    private SyncOutcome Put(in SyncRecord<ConnectionKey, ConnectionPath> record, Known? known)
    {
        if (known is null && _known.Count >= _most)
        {
            return SyncOutcome.Full;
        }

        PersistenceRecord? expected = known is { } there ? ConnectionRecords.ToPersistence(record.Key, PathOf(record.Key, there), default) : null;
        switch (table.Put(ConnectionRecords.ToPersistence(record.Key, record.Value, record.Age), expected))
        {
            case PersistenceResult.Done:
                var used = time.GetTimestamp() - (long)(record.Age.TotalSeconds * time.TimestampFrequency);
                _known[record.Key] = new Known(record.Value.Endpoint, record.Value.EndpointPort, record.Version.Value, known is { } of && of.IsAt(record.Value) ? Math.Max(of.Used, used) : used, _look);
                return SyncOutcome.Applied;
            case PersistenceResult.Moved:
                // The next look tells it, with a version above that of the record.
                _known[record.Key] = (known ?? new Known(record.Value.Endpoint, record.Value.EndpointPort, 0, time.GetTimestamp(), _look)) with { Version = record.Version.Value };
                return SyncOutcome.Stale;
            case PersistenceResult.Unknown:
                return SyncOutcome.Unknown;
            default:
                return SyncOutcome.Refused;
        }
    }

    private SyncOutcome Delete(in ConnectionKey key, in Known known)
    {
        if (!table.Remove(ConnectionRecords.ToPersistence(key, PathOf(key, known), default)))
        {
            return SyncOutcome.Stale;
        }

        _known.Remove(key);
        _forgotten.Add(key);
        return SyncOutcome.Applied;
    }

    /// <summary>A client that was read.</summary>
    private void See(in PersistenceRecord record, long now)
    {
        var key = ConnectionRecords.KeyOf(record);
        var used = now - (long)(record.Age.TotalSeconds * time.TimestampFrequency);
        ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(_known, key);
        if (Unsafe.IsNullRef(ref known))
        {
            if (_known.Count < _most && !_forgotten.Contains(key))
            {
                // Of what an earlier run of this node has left nothing is known: whatever others say of it is newer.
                var version = _look == 1 ? new ConnectionVersion(0, new ConnectionVersion(_base).Owner, 1).Value : Next(0);
                Tell(key, _known[key] = new Known(record.Endpoint, record.EndpointPort, version, used, _look), now);
            }
        }
        else if (known.Endpoint == record.Endpoint && known.Port == record.EndpointPort)
        {
            known = known with { Used = Math.Max(known.Used, used), Seen = _look };
        }
        else if (known.Seen != _look)
        {
            known = new Known(record.Endpoint, record.EndpointPort, Next(known.Version), used, _look);
            Tell(key, known, now);
        }
    }

    /// <summary>What was not read: its time is over, or its endpoint gone, or others needed the room, which concerns nobody else.</summary>
    private void ForgetOthers(long now)
    {
        _gone.Clear();
        foreach (var (key, known) in _known)
        {
            if (known.Seen != _look && !(table.TimeoutOf(ConnectionRecords.ToPersistence(key, PathOf(key, known), default)) is { } timeout && AgeOf(known, now) <= timeout))
            {
                _gone.Add(key);
            }
        }

        foreach (var key in _gone)
        {
            _known.Remove(key, out var known);
            tell(new SyncChange<ConnectionKey, ConnectionPath>(SyncChangeKind.Expire, key, PathOf(key, known), new ConnectionVersion(known.Version), AgeOf(known, now)));
        }
    }

    private ulong Next(ulong version)
    {
        // A version of a later term, or of a node with a greater number, is gone on from: versions never go back.
        var next = _base | ++_counter;
        return next > version ? next : version + 1;
    }

    private void Tell(in ConnectionKey key, in Known known, long now) =>
        tell(new SyncChange<ConnectionKey, ConnectionPath>(SyncChangeKind.Put, key, PathOf(key, known), new ConnectionVersion(known.Version), AgeOf(known, now)));

    private TimeSpan AgeOf(in Known known, long now) => time.GetElapsedTime(Math.Min(known.Used, now), now);

    private static ConnectionPath PathOf(in ConnectionKey key, in Known known) => new(key.Client, known.Endpoint, key.Block, 0, known.Port, default, default);

    /// <summary>What is known of a client.</summary>
    /// <param name="Endpoint">The endpoint's address.</param>
    /// <param name="Port">Its port.</param>
    /// <param name="Version">The version.</param>
    /// <param name="Used">When it was in use.</param>
    /// <param name="Seen">The look in which it was read, or during or after which it was put.</param>
    private readonly record struct Known(FlowAddress Endpoint, ushort Port, ulong Version, long Used, uint Seen)
    {
        public bool IsAt(in ConnectionPath path) => Endpoint == path.Endpoint && Port == path.EndpointPort;
    }
}
