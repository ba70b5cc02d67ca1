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
    private readonly Func<ConnectionKey, ConnectionPath, bool>? _moves;
    private readonly ConnectionRecord[] _records = new ConnectionRecord[AtOnce];
    private readonly ConnectionImportOutcome[] _results = new ConnectionImportOutcome[AtOnce];
    private readonly Lock _gate = new();
    private SyncChangeHandler<ConnectionKey, ConnectionPath>? _changed;
    private bool _movesMore;

    /// <summary>Takes a table.</summary>
    /// <param name="table">The connections.</param>
    /// <param name="moves">Whether a connection would go on at another node: one that would not, because endpoints see an address of this node alone, is not in the table. May be asked from any thread; null when all would.</param>
    /// <exception cref="ArgumentNullException"><paramref name="table"/> is null.</exception>
    public ConnectionSyncTable(IConnectionTable table, Func<ConnectionKey, ConnectionPath, bool>? moves = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        (_table, _moves) = (table, moves);
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
    public int TakeDirty(ConnectionBuckets buckets)
    {
        var count = _table.TakeDirty(buckets);
        if (!Interlocked.Exchange(ref _movesMore, false))
        {
            return count;
        }

        buckets.Fill();
        return ConnectionBuckets.Count;
    }

    /// <summary>Connections may go on elsewhere that would not before: all are looked at once more. From any thread.</summary>
    public void LookAgain() => Volatile.Write(ref _movesMore, true);

    /// <inheritdoc/>
    public void Read(ConnectionBuckets buckets, SyncEntryHandler<ConnectionKey, ConnectionPath> entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _reader.Restart(buckets);
        for (var count = _reader.Read(_records); count > 0; count = _reader.Read(_records))
        {
            foreach (ref readonly var record in _records.AsSpan(0, count))
            {
                var (key, path) = (ConnectionRecords.KeyOf(record), ConnectionRecords.PathOf(record));
                if (IsOpen(record.State) && Moves(key, path))
                {
                    entry(key, path, record.Version, record.Age);
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

    private bool Moves(in ConnectionKey key, in ConnectionPath path) => _moves is null || _moves(key, path);

    private void Tell(in ConnectionChange change)
    {
        var (key, path) = (ConnectionRecords.KeyOf(change.Connection), ConnectionRecords.PathOf(change.Connection));
        if (!Moves(key, path))
        {
            return;
        }

        var kind = change.Kind switch
        {
            ConnectionChangeKind.Established or ConnectionChangeKind.Changed => SyncChangeKind.Put,
            // Removed: with its service or endpoint, by hand, for want of room. All of that counts on the node that serves, as an end by age does (S6).
            ConnectionChangeKind.Expired or ConnectionChangeKind.Removed => SyncChangeKind.Expire,
            _ => SyncChangeKind.Delete,
        };
        _changed?.Invoke(new SyncChange<ConnectionKey, ConnectionPath>(kind, key, path, change.Connection.Version, change.Connection.Age));
    }
}
