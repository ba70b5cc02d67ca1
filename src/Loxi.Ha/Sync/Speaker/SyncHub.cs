using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>
/// Between the engine, the table and the connections: what an owner's thread does in a turn. Waits for nothing and reads no clock.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="table">The table.</param>
/// <param name="changes">What happened in the table.</param>
/// <param name="wake">Wakes the owner's thread, from any thread.</param>
/// <param name="tell">Hears what happened.</param>
internal sealed partial class SyncHub<TKey, TValue>(SyncEngine<TKey, TValue> engine, ISyncTable<TKey, TValue> table, SyncChangeQueue<TKey, TValue> changes, Action wake, Action<SyncSpeakerEvent> tell)
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(100);

    private readonly ConnectionBuckets _buckets = new();
    private SyncOutcome[] _outcomes = new SyncOutcome[4096];
    private SyncEntryHandler<TKey, TValue>? _onEntry;
    private TimeSpan _now;
    private TimeSpan _tickAt;
    private bool _isReady;
    private bool _again;

    /// <summary>When the next turn is due, unless it is woken before.</summary>
    public TimeSpan NextTurn => _again ? TimeSpan.Zero : _tickAt;

    public bool IsReady => _isReady;

    /// <summary>Reads all that the table has, before anybody is told of it.</summary>
    public void Begin(TimeSpan now)
    {
        for (var bucket = 0; bucket < ConnectionBuckets.Count; bucket++)
        {
            engine.MarkDirty(bucket);
        }

        ReadTable(now);
        _isReady = engine.IsReady(now);
    }

    /// <summary>Does all that can be done now.</summary>
    public void Turn(TimeSpan now)
    {
        _again = false;
        TakeChanges(now);
        ReceiveAll(now);
        if (now >= _tickAt)
        {
            _tickAt = now + TickPeriod;
            engine.Tick(now);
            Apply(now);
            MarkDirty();
            ReadTable(now);
            CloseUnopened(now);
        }

        SendAll(now);
        NotePassed();
        NoteReady(now);
    }

    /// <summary>What entries need has come.</summary>
    public void RetryParked(TimeSpan now)
    {
        engine.RetryParked(now);
        Apply(now);
    }

    private void TakeChanges(TimeSpan now)
    {
        _buckets.Clear();
        var taken = changes.Take(_buckets, out var hasDirty);
        foreach (ref readonly var change in taken)
        {
            switch (change.Kind)
            {
                case SyncChangeKind.Put:
                    engine.Put(change.Key, change.Value, change.Version, change.Age, now);
                    break;
                case SyncChangeKind.Expire:
                    engine.Expire(change.Key, change.Version, now);
                    break;
                case SyncChangeKind.Delete:
                    engine.Delete(change.Key, change.Version, now);
                    break;
                default:
                    throw new InvalidOperationException($"The table tells a change of kind {change.Kind}.");
            }
        }

        if (hasDirty)
        {
            MarkBuckets();
        }
    }

    private void MarkDirty()
    {
        _buckets.Clear();
        if (table.TakeDirty(_buckets) > 0)
        {
            MarkBuckets();
        }
    }

    private void MarkBuckets()
    {
        for (var bucket = 0; bucket < ConnectionBuckets.Count; bucket++)
        {
            if (_buckets.Contains(bucket))
            {
                engine.MarkDirty(bucket);
            }
        }
    }

    private void ReadTable(TimeSpan now)
    {
        _buckets.Clear();
        if (engine.TakeReads(_buckets, now) == 0)
        {
            return;
        }

        _now = now;
        _onEntry ??= (in TKey key, in TValue value, ConnectionVersion version, TimeSpan age) => engine.Read(key, value, version, age, _now);
        engine.BeginRead(now);
        table.Read(_buckets, _onEntry);
        engine.EndRead(_buckets, now);
        Apply(now);
    }

    /// <summary>Puts what others say into the table.</summary>
    private void Apply(TimeSpan now)
    {
        var records = engine.Incoming;
        if (records.IsEmpty)
        {
            return;
        }

        if (_outcomes.Length < records.Length)
        {
            _outcomes = new SyncOutcome[records.Length + (records.Length / 2)];
        }

        var outcomes = _outcomes.AsSpan(0, records.Length);
        table.Apply(records, outcomes);
        engine.Applied(outcomes, now);
    }

    private void NoteReady(TimeSpan now)
    {
        var isReady = engine.IsReady(now);
        if (isReady != _isReady)
        {
            _isReady = isReady;
            tell(new SyncSpeakerEvent(isReady ? SyncSpeakerEventKind.Ready : SyncSpeakerEventKind.NotReady, null, null, ""));
        }
    }
}
