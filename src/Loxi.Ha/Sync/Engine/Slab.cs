using System.Numerics;
using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Engine;

/// <summary>
/// Entries as values in arrays of 4,096: found by key, walked by bucket. Arrays are made as they are needed and never moved, so that nothing grows in one long step.
/// </summary>
internal sealed class Slab<TKey, TValue>
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    private const int ChunkBits = 12;
    private const int ChunkMask = (1 << ChunkBits) - 1;
    private readonly Slot<TKey, TValue>[]?[] _chunks;
    private readonly int[] _index;
    private readonly int[] _buckets = new int[ConnectionBuckets.Count];
    private readonly int _capacity;
    private int _used;
    private int _free = -1;

    public Slab(int capacity)
    {
        _capacity = capacity;
        _chunks = new Slot<TKey, TValue>[]?[(capacity + ChunkMask) >> ChunkBits];
        _index = new int[(int)BitOperations.RoundUpToPowerOf2((uint)capacity)];
        Array.Fill(_index, -1);
        Array.Fill(_buckets, -1);
    }

    /// <summary>Slots that hold something, gone or not.</summary>
    public int Count { get; private set; }

    public ref Slot<TKey, TValue> this[int slot] => ref _chunks[slot >> ChunkBits]![slot & ChunkMask];

    /// <summary>The first slot of a bucket, or -1; then by <see cref="Slot{TKey, TValue}.BucketNext"/>.</summary>
    public int First(int bucket) => _buckets[bucket];

    public int Find(in TKey key)
    {
        var slot = _index[key.GetHashCode() & (_index.Length - 1)];
        while (slot >= 0)
        {
            ref var s = ref this[slot];
            if (s.Key.Equals(key))
            {
                return slot;
            }

            slot = s.Next;
        }

        return -1;
    }

    /// <summary>A slot for a key that is not there yet; -1 when the slab is full.</summary>
    public int Add(in TKey key, ulong hash, byte kind = 0)
    {
        var slot = _free;
        if (slot >= 0)
        {
            _free = this[slot].Next;
        }
        else
        {
            if (_used == _capacity)
            {
                return -1;
            }

            slot = _used++;
            _chunks[slot >> ChunkBits] ??= new Slot<TKey, TValue>[Math.Min(_capacity, ChunkMask + 1)];
        }

        ref var place = ref _index[key.GetHashCode() & (_index.Length - 1)];
        ref var s = ref this[slot];
        s = new Slot<TKey, TValue> { Key = key, Hash = hash, Kind = kind, Next = place, BucketPrevious = -1, ListNext = -1, ListPrevious = -1 };
        place = slot;
        ref var bucket = ref _buckets[s.Bucket];
        s.BucketNext = bucket;
        if (bucket >= 0)
        {
            this[bucket].BucketPrevious = slot;
        }

        bucket = slot;
        Count++;
        return slot;
    }

    public void Remove(int slot)
    {
        ref var s = ref this[slot];
        ref var place = ref _index[s.Key.GetHashCode() & (_index.Length - 1)];
        while (place != slot)
        {
            place = ref this[place].Next;
        }

        place = s.Next;
        if (s.BucketNext >= 0)
        {
            this[s.BucketNext].BucketPrevious = s.BucketPrevious;
        }

        if (s.BucketPrevious >= 0)
        {
            this[s.BucketPrevious].BucketNext = s.BucketNext;
        }
        else
        {
            _buckets[s.Bucket] = s.BucketNext;
        }

        s.Next = _free;
        _free = slot;
        Count--;
    }

    public void Link(ref SlotList list, int slot)
    {
        ref var s = ref this[slot];
        s.ListNext = -1;
        s.ListPrevious = list.Tail;
        if (list.Tail >= 0)
        {
            this[list.Tail].ListNext = slot;
        }
        else
        {
            list.Head = slot;
        }

        list.Tail = slot;
        list.Count++;
    }

    public void Unlink(ref SlotList list, int slot)
    {
        ref var s = ref this[slot];
        if (s.ListNext >= 0)
        {
            this[s.ListNext].ListPrevious = s.ListPrevious;
        }
        else
        {
            list.Tail = s.ListPrevious;
        }

        if (s.ListPrevious >= 0)
        {
            this[s.ListPrevious].ListNext = s.ListNext;
        }
        else
        {
            list.Head = s.ListNext;
        }

        list.Count--;
    }
}
