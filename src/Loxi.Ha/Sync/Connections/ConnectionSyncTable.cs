using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;

namespace Loxi.Ha.Sync.Connections;

/// <summary>The connections of a balancer as a table to keep alike: those that are open. What is not open yet, or is closed and stays for a while only, is not in it. And the clients of services with persist selection.</summary>
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
    private readonly int[] _places = new int[AtOnce];
    private volatile int _owner = -1;
    private readonly TimeProvider _time;
    private readonly PersistenceSync? _clients;
    private PersistenceWatch? _watch;

    /// <summary>Takes a table.</summary>
    /// <param name="table">The connections.</param>
    /// <param name="moves">Whether a connection would go on at another node: one that would not, because endpoints see an address of this node alone, is not in the table. Once <see cref="SetOwner"/> says which are this node's own, asked of these alone. May be asked from any thread; null when all would.</param>
    /// <param name="persistence">The clients of services with persist selection; null where they are not kept alike.</param>
    /// <param name="time">The clock by which clients are looked for; null for the system's.</param>
    /// <exception cref="ArgumentNullException"><paramref name="table"/> is null.</exception>
    public ConnectionSyncTable(IConnectionTable table, Func<ConnectionKey, ConnectionPath, bool>? moves = null, IPersistenceTable? persistence = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        (_table, _moves, _time) = (table, moves, time ?? TimeProvider.System);
        _clients = persistence is null ? null : new PersistenceSync(persistence, _time, (in SyncChange<ConnectionKey, ConnectionPath> change) => _changed?.Invoke(change));
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
                    _watch = _clients is null ? null : new PersistenceWatch(_clients, _time);
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
                    _watch?.Dispose();
                    _watch = null;
                }
            }
        }
    }

    /// <inheritdoc/>
    public int TakeDirty(ConnectionBuckets buckets)
    {
        _watch?.ThrowFailure();
        var count = _table.TakeDirty(buckets);
        if (!Interlocked.Exchange(ref _movesMore, false))
        {
            return count;
        }

        buckets.Fill();
        return ConnectionBuckets.Count;
    }

    /// <summary>Says under which term and number this node changes what it remembers of clients, and which connections are its own: <c>moves</c> is asked of these alone. Of connections <see cref="IConnectionTable.SetOwner"/> does. From any thread.</summary>
    /// <param name="term">The term, 0 to <see cref="ConnectionVersion.MaxTerm"/>.</param>
    /// <param name="owner">The number of this node.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="term"/> has more than 24 bits.</exception>
    public void SetOwner(uint term, byte owner)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(term, ConnectionVersion.MaxTerm);
        _owner = owner;
        _clients?.SetOwner(term, owner);
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
                if (IsOpen(record.State) && Moves(key, path, record.Version))
                {
                    entry(key, path, record.Version, record.Age);
                }
            }
        }

        _clients?.Read(buckets, entry);
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<SyncRecord<ConnectionKey, ConnectionPath>> records, Span<SyncOutcome> outcomes)
    {
        for (var from = 0; from < records.Length; from += AtOnce)
        {
            var part = records.Slice(from, Math.Min(AtOnce, records.Length - from));
            var count = 0;
            for (var i = 0; i < part.Length; i++)
            {
                if (part[i].Key.Kind == ConnectionEntryKind.Connection)
                {
                    _places[count] = from + i;
                    _records[count++] = ConnectionRecords.ToConnection(part[i]);
                }
                else
                {
                    outcomes[from + i] = _clients?.Apply(part[i]) ?? SyncOutcome.Refused;
                }
            }

            _table.Import(_records.AsSpan(0, count), _results);
            for (var i = 0; i < count; i++)
            {
                outcomes[_places[i]] = OutcomeOf(_results[i].Result);
            }
        }
    }

    /// <summary>Ends reading. Not while a speaker uses the table.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        _reader.Dispose();
    }

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

    /// <summary>What another node has told goes on there, whatever this node has of its addresses: left out, it would count as lost and be put back again and again.</summary>
    private bool Moves(in ConnectionKey key, in ConnectionPath path, ConnectionVersion version) => _moves is null || (_owner >= 0 && version.Owner != _owner) || _moves(key, path);

    private void Tell(in ConnectionChange change)
    {
        var (key, path) = (ConnectionRecords.KeyOf(change.Connection), ConnectionRecords.PathOf(change.Connection));
        if (!Moves(key, path, change.Connection.Version))
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
