using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;

namespace Loxi.Samples.ReplicatedTable;

/// <summary>Keys and values; the last writer wins.</summary>
internal sealed class WordTable : ISyncTable<Word, Word>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Word, (Word Value, ConnectionVersion Version)> _entries = [];
    private readonly byte _node;
    private ConnectionVersion _newest;
    private uint _term;
    private uint _counter;

    /// <param name="node">The number of this node.</param>
    /// <param name="now">Versions of this run begin with it, so that they are newer than those of the run before.</param>
    public WordTable(byte node, DateTimeOffset now) => (_node, _counter) = (node, (uint)now.ToUnixTimeSeconds());

    public event SyncChangeHandler<Word, Word>? Changed;

    public List<KeyValuePair<string, string>> ToList()
    {
        lock (_gate)
        {
            return [.. _entries.Select(static e => KeyValuePair.Create(e.Key.ToString(), e.Value.Value.ToString())).OrderBy(static e => e.Key, StringComparer.Ordinal)];
        }
    }

    public void Set(Word key, Word value)
    {
        ConnectionVersion version;
        lock (_gate)
        {
            version = Next();
            _entries[key] = (value, version);
        }

        Changed?.Invoke(new(SyncChangeKind.Put, key, value, version, TimeSpan.Zero));
    }

    public bool Remove(Word key)
    {
        ConnectionVersion version;
        lock (_gate)
        {
            version = Next();
            if (!_entries.Remove(key))
            {
                return false;
            }
        }

        Changed?.Invoke(new(SyncChangeKind.Delete, key, default, version, TimeSpan.Zero));
        return true;
    }

    public int TakeDirty(ConnectionBuckets buckets) => 0;

    public void Read(ConnectionBuckets buckets, SyncEntryHandler<Word, Word> entry)
    {
        lock (_gate)
        {
            foreach (var (key, (value, version)) in _entries)
            {
                if (buckets.Contains((int)((uint)key.StableHash() >> 20)))
                {
                    entry(key, value, version, TimeSpan.Zero);
                }
            }
        }
    }

    public void Apply(ReadOnlySpan<SyncRecord<Word, Word>> records, Span<SyncOutcome> outcomes)
    {
        lock (_gate)
        {
            for (var i = 0; i < records.Length; i++)
            {
                outcomes[i] = Apply(records[i]);
            }
        }
    }

    private SyncOutcome Apply(in SyncRecord<Word, Word> record)
    {
        _newest = record.Version > _newest ? record.Version : _newest;
        var isThere = _entries.TryGetValue(record.Key, out var entry);
        switch (record.Operation)
        {
            case SyncOperation.Put when !isThere || record.Version > entry.Version:
                _entries[record.Key] = (record.Value, record.Version);
                return SyncOutcome.Applied;
            case SyncOperation.Delete when isThere && record.Version >= entry.Version:
                _entries.Remove(record.Key);
                return SyncOutcome.Applied;
            default:
                return SyncOutcome.Stale;
        }
    }

    /// <summary>Newer than all that was seen: versions go by term, then node, then counter, so a node with a lower number takes the next term.</summary>
    private ConnectionVersion Next()
    {
        var next = new ConnectionVersion(_term, _node, checked(++_counter));
        if (next <= _newest)
        {
            _term = _newest.Term + 1;
            next = new ConnectionVersion(_term, _node, _counter);
        }

        return _newest = next;
    }
}
