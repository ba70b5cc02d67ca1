using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Sim.Sync;

namespace Loxi.Ha.Tests.Sync.Transport;

/// <summary>A table of numbers, from any thread.</summary>
internal sealed class FakeTable(byte node) : ISyncTable<ulong, uint>
{
    public static readonly KeySchema Schema = new(TimeSpan.FromMinutes(5));

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, (uint Value, ulong Version)> _entries = [];
    private TaskCompletionSource _applied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _counter;

    public event SyncChangeHandler<ulong, uint>? Changed;

    /// <summary>Records that were refused because of it.</summary>
    public SyncOutcome? Refuses { get; set; }

    public bool Fails { get; set; }

    public uint Term { get; set; } = 1;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    public SortedDictionary<ulong, uint> Values
    {
        get
        {
            lock (_gate)
            {
                return new(_entries.ToDictionary(static e => e.Key, static e => e.Value.Value));
            }
        }
    }

    public void Put(ulong key, uint value, bool isTold = true)
    {
        SyncChange<ulong, uint> change;
        lock (_gate)
        {
            var version = Math.Max(_entries.GetValueOrDefault(key).Version, new ConnectionVersion(Term, node, 0).Value + _counter) + 1;
            _counter++;
            _entries[key] = (value, version);
            change = new(SyncChangeKind.Put, key, value, new ConnectionVersion(version), TimeSpan.Zero);
        }

        if (isTold)
        {
            Changed?.Invoke(change);
        }
    }

    public void Delete(ulong key)
    {
        SyncChange<ulong, uint> change;
        lock (_gate)
        {
            change = new(SyncChangeKind.Delete, key, 0, new ConnectionVersion(_entries[key].Version), TimeSpan.Zero);
            _entries.Remove(key);
        }

        Changed?.Invoke(change);
    }

    public int TakeDirty(ConnectionBuckets buckets) => 0;

    public void Read(ConnectionBuckets buckets, SyncEntryHandler<ulong, uint> entry)
    {
        lock (_gate)
        {
            foreach (var (key, (value, version)) in _entries)
            {
                if (buckets.Contains((int)((uint)Schema.HashOf(key) >> 20)))
                {
                    entry(key, value, new ConnectionVersion(version), TimeSpan.Zero);
                }
            }
        }
    }

    public void Apply(ReadOnlySpan<SyncRecord<ulong, uint>> records, Span<SyncOutcome> outcomes)
    {
        if (Fails)
        {
            throw new NotSupportedException("The table has failed.");
        }

        TaskCompletionSource applied;
        lock (_gate)
        {
            for (var i = 0; i < records.Length; i++)
            {
                outcomes[i] = Refuses ?? Apply(records[i]);
            }

            applied = _applied;
            _applied = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        applied.TrySetResult();
    }

    /// <summary>Waits until what others said makes a condition true.</summary>
    public async Task UntilAsync(Func<FakeTable, bool> condition, TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(30));
        while (true)
        {
            Task applied;
            lock (_gate)
            {
                applied = _applied.Task;
            }

            if (condition(this))
            {
                return;
            }

            await applied.WaitAsync(patience.Token);
        }
    }

    public Task UntilLikeAsync(FakeTable other) => UntilAsync(t => t.Values.SequenceEqual(other.Values));

    private SyncOutcome Apply(in SyncRecord<ulong, uint> record)
    {
        var isThere = _entries.TryGetValue(record.Key, out var entry);
        switch (record.Operation)
        {
            case SyncOperation.Put when !isThere || record.Version.Value > entry.Version:
                _entries[record.Key] = (record.Value, record.Version.Value);
                return SyncOutcome.Applied;
            case SyncOperation.Delete when isThere && record.Version.Value >= entry.Version:
                _entries.Remove(record.Key);
                return SyncOutcome.Applied;
            default:
                return SyncOutcome.Stale;
        }
    }
}
