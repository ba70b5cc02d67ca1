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
        var index = _buckets[Bucket(high, low, prefix.Length)];
        while (index != 0)
        {
            ref var entry = ref _entries[index];
            if (entry.High == high && entry.Low == low && entry.Length == prefix.Length)
            {
                return index;
            }

            index = entry.Next;
        }

        return 0;
    }

    internal int FindOrAdd(in Prefix prefix)
    {
        var index = Find(prefix);
        if (index != 0)
        {
            return index;
        }

        if (_entries.Count >= _buckets.Length)
        {
            Grow();
        }

        index = _entries.Allocate();
        ref var entry = ref _entries[index];
        entry.High = (ulong)(prefix.Bits >> 64);
        entry.Low = (ulong)prefix.Bits;
        entry.Length = prefix.Length;
        entry.Flags = PrefixFlags.Used;
        ref var head = ref _buckets[Bucket(entry.High, entry.Low, entry.Length)];
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

    // Seeded by the runtime: a peer cannot choose prefixes that meet in one bucket.
    private int Bucket(ulong high, ulong low, byte length) => HashCode.Combine(high, low, length) & (_buckets.Length - 1);

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
