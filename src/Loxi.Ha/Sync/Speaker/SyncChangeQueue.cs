using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>
/// Changes of the table on their way to the thread of the engine. Who adds one never waits: what finds no room marks its bucket, which is read from the table then.
/// </summary>
/// <param name="capacity">Changes that may wait.</param>
/// <param name="bucketOf">The bucket of a key.</param>
/// <param name="wake">Wakes the thread of the engine.</param>
internal sealed class SyncChangeQueue<TKey, TValue>(int capacity, Func<TKey, int> bucketOf, Action wake)
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    private readonly Lock _gate = new();
    private readonly ConnectionBuckets _dirty = new();
    private SyncChange<TKey, TValue>[] _filling = new SyncChange<TKey, TValue>[Math.Min(capacity, 1024)];
    private SyncChange<TKey, TValue>[] _taken = new SyncChange<TKey, TValue>[Math.Min(capacity, 1024)];
    private int _count;
    private bool _hasDirty;
    private long _lost;

    /// <summary>Changes that found no room.</summary>
    public long Lost => Volatile.Read(ref _lost);

    public void Add(in SyncChange<TKey, TValue> change)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = _count == 0;
            if (_count < capacity)
            {
                if (_count == _filling.Length)
                {
                    Array.Resize(ref _filling, Math.Min(capacity, _filling.Length * 2));
                }

                _filling[_count++] = change;
            }
            else
            {
                _dirty.Add(bucketOf(change.Key));
                _hasDirty = true;
                _lost++;
            }
        }

        if (isFirst)
        {
            wake();
        }
    }

    /// <summary>Takes all that waits; valid until the next call.</summary>
    /// <param name="dirty">The buckets of what found no room are added to it.</param>
    /// <param name="hasDirty">Whether there are any.</param>
    public ReadOnlySpan<SyncChange<TKey, TValue>> Take(ConnectionBuckets dirty, out bool hasDirty)
    {
        lock (_gate)
        {
            hasDirty = _hasDirty;
            if (hasDirty)
            {
                for (var bucket = 0; bucket < ConnectionBuckets.Count; bucket++)
                {
                    if (_dirty.Contains(bucket))
                    {
                        dirty.Add(bucket);
                    }
                }

                _dirty.Clear();
                _hasDirty = false;
            }

            var count = _count;
            (_filling, _taken, _count) = (_taken, _filling, 0);
            return _taken.AsSpan(0, count);
        }
    }
}
