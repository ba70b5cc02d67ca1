using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;

namespace Loxi.Ha.Sync.Connections;

/// <summary>The connections of a balancer as a table to keep alike: those that are open. What is not open yet, or is closed and stays for a while only, is not in it.</summary>
public sealed class ConnectionSyncTable : ISyncTable<ConnectionKey, ConnectionPath>, IDisposable
{
    private const int AtOnce = 4096;

    private readonly IConnectionTable _table;
    private readonly IConnectionReader _reader;
    private readonly ConnectionRecord[] _records = new ConnectionRecord[AtOnce];
    private readonly ConnectionImportOutcome[] _results = new ConnectionImportOutcome[AtOnce];
    private readonly Lock _gate = new();
    private SyncChangeHandler<ConnectionKey, ConnectionPath>? _changed;

    /// <summary>Takes a table.</summary>
    /// <param name="table">The connections.</param>
    /// <exception cref="ArgumentNullException"><paramref name="table"/> is null.</exception>
    public ConnectionSyncTable(IConnectionTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        _table = table;
        _reader = table.CreateReader();
    }

    /// <inheritdoc/>
    public event SyncChangeHandler<ConnectionKey, ConnectionPath>? Changed
    {
        add
        {
            // The data plane watches for changes only while somebody wants them.
            lock (_gate)
            {
                var isFirst = _changed is null;
                _changed += value;
                if (isFirst && _changed is not null)
                {
                    _table.Changed += Tell;
                }
            }
        }

        remove
        {
            lock (_gate)
            {
                var had = _changed is not null;
                _changed -= value;
                if (had && _changed is null)
                {
                    _table.Changed -= Tell;
                }
            }
        }
    }

    /// <inheritdoc/>
    public int TakeDirty(ConnectionBuckets buckets) => _table.TakeDirty(buckets);

    /// <inheritdoc/>
    public void Read(ConnectionBuckets buckets, SyncEntryHandler<ConnectionKey, ConnectionPath> entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _reader.Restart(buckets);
        for (var count = _reader.Read(_records); count > 0; count = _reader.Read(_records))
        {
            foreach (ref readonly var record in _records.AsSpan(0, count))
            {
                if (IsOpen(record.State))
                {
                    entry(ConnectionRecords.KeyOf(record), ConnectionRecords.PathOf(record), record.Version, record.Age);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<SyncRecord<ConnectionKey, ConnectionPath>> records, Span<SyncOutcome> outcomes)
    {
        for (var from = 0; from < records.Length; from += AtOnce)
        {
            var part = records.Slice(from, Math.Min(AtOnce, records.Length - from));
            for (var i = 0; i < part.Length; i++)
            {
                _records[i] = ConnectionRecords.ToConnection(part[i]);
            }

            _table.Import(_records.AsSpan(0, part.Length), _results);
            for (var i = 0; i < part.Length; i++)
            {
                outcomes[from + i] = OutcomeOf(_results[i].Result);
            }
        }
    }

    /// <summary>Ends reading. Not while a speaker uses the table.</summary>
    public void Dispose() => _reader.Dispose();

    private static bool IsOpen(ConnectionState state) => state is ConnectionState.Established or ConnectionState.HalfClosed or ConnectionState.TwoWay;

    private static SyncOutcome OutcomeOf(ConnectionImportResult result) => result switch
    {
        ConnectionImportResult.Inserted or ConnectionImportResult.Updated or ConnectionImportResult.Deleted or ConnectionImportResult.Absent => SyncOutcome.Applied,
        ConnectionImportResult.Stale => SyncOutcome.Stale,
        ConnectionImportResult.Conflict => SyncOutcome.Conflict,
        ConnectionImportResult.Full => SyncOutcome.Full,
        ConnectionImportResult.UnknownService or ConnectionImportResult.UnknownEndpoint => SyncOutcome.Unknown,
        _ => SyncOutcome.Refused,
    };

    private void Tell(in ConnectionChange change)
    {
        var kind = change.Kind switch
        {
            ConnectionChangeKind.Established or ConnectionChangeKind.Changed => SyncChangeKind.Put,
            ConnectionChangeKind.Expired => SyncChangeKind.Expire,
            _ => SyncChangeKind.Delete,
        };
        _changed?.Invoke(new SyncChange<ConnectionKey, ConnectionPath>(
            kind, ConnectionRecords.KeyOf(change.Connection), ConnectionRecords.PathOf(change.Connection), change.Connection.Version, change.Connection.Age));
    }
}
