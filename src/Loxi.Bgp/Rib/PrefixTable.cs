using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>Prefixes of a family by their value.</summary>
internal sealed class PrefixTable
{
    private readonly Slab<PrefixEntry> _entries = new();
    private int[] _buckets = new int[1024];

    internal int Count => _entries.Count;

    /// <summary>One more than the highest index in use.</summary>
    internal int End => _entries.End;

    internal ref PrefixEntry this[int index] => ref _entries[index];

    internal int Find(in Prefix prefix)
    {
        var (high, low) = ((ulong)(prefix.Bits >> 64), (ulong)prefix.Bits);
        return Find(_buckets[Bucket(high, low, prefix.Length)], high, low, prefix.Length);
    }

    internal int FindOrAdd(in Prefix prefix)
    {
        var (high, low) = ((ulong)(prefix.Bits >> 64), (ulong)prefix.Bits);
        ref var head = ref _buckets[Bucket(high, low, prefix.Length)];
        var index = Find(head, high, low, prefix.Length);
        if (index != 0)
        {
            return index;
        }

        if (_entries.Count >= _buckets.Length)
        {
            Grow();
            head = ref _buckets[Bucket(high, low, prefix.Length)];
        }

        index = _entries.Allocate();
        ref var entry = ref _entries[index];
        entry.High = high;
        entry.Low = low;
        entry.Length = prefix.Length;
        entry.Flags = PrefixFlags.Used;
        entry.Next = head;
        head = index;
        return index;
    }

    internal void Remove(int index)
    {
        ref var entry = ref _entries[index];
        ref var link = ref _buckets[Bucket(entry.High, entry.Low, entry.Length)];
        while (link != index)
        {
            link = ref _entries[link].Next;
        }

        link = entry.Next;
        entry.Flags = PrefixFlags.None;
        _entries.Free(index);
    }

    private int Find(int index, ulong high, ulong low, byte length)
    {
        while (index != 0)
        {
            ref var entry = ref _entries[index];
            if (entry.High == high && entry.Low == low && entry.Length == length)
            {
                return index;
            }

            index = entry.Next;
        }

        return 0;
    }

    /// <summary>
    /// Neighbours, 64 prefixes of a length that follow each other, have buckets that follow each other: tables come in order more or less, and most look-ups
    /// find their bucket in the cache. Where a run of neighbours begins is seeded by the runtime: a peer cannot choose prefixes that meet in one bucket.
    /// </summary>
    private int Bucket(ulong high, ulong low, byte length)
    {
        var last = length <= 64 ? high >> ((64 - length) & 63) : low >> ((128 - length) & 63);
        var run = length <= 64 ? HashCode.Combine(last >> 6, length) : HashCode.Combine(high, last >> 6, length);
        return (run + (int)(last & 63)) & (_buckets.Length - 1);
    }

    private void Grow()
    {
        _buckets = new int[_buckets.Length * 2];
        for (var i = 1; i < _entries.End; i++)
        {
            ref var entry = ref _entries[i];
            if ((entry.Flags & PrefixFlags.Used) != 0)
            {
                ref var head = ref _buckets[Bucket(entry.High, entry.Low, entry.Length)];
                entry.Next = head;
                head = i;
            }
        }
    }
}
