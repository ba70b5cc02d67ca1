using System.Buffers.Binary;
using System.Numerics;
using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Engine;

/// <summary>A set of buckets from which one can be taken after another.</summary>
internal sealed class BucketSet
{
    private const int Words = ConnectionBuckets.Count / 64;
    private readonly ulong[] _words = new ulong[Words];
    private int _from;

    public int Count { get; private set; }

    public bool Contains(int bucket) => (_words[bucket >> 6] >> (bucket & 63) & 1) != 0;

    public bool Add(int bucket)
    {
        ref var word = ref _words[bucket >> 6];
        var bit = 1UL << (bucket & 63);
        if ((word & bit) != 0)
        {
            return false;
        }

        word |= bit;
        Count++;
        return true;
    }

    public void Remove(int bucket)
    {
        ref var word = ref _words[bucket >> 6];
        var bit = 1UL << (bucket & 63);
        Count -= (word & bit) != 0 ? 1 : 0;
        word &= ~bit;
    }

    public void AddAll(BucketSet other)
    {
        for (var i = 0; i < Words; i++)
        {
            Count += BitOperations.PopCount(other._words[i] & ~_words[i]);
            _words[i] |= other._words[i];
        }
    }

    public void Fill()
    {
        Array.Fill(_words, ulong.MaxValue);
        Count = ConnectionBuckets.Count;
    }

    public void Clear()
    {
        Array.Clear(_words);
        Count = 0;
    }

    /// <summary>One of the set, going round; it stays in it.</summary>
    public int Peek()
    {
        for (var i = 0; i < Words; i++)
        {
            var at = (_from + i) & (Words - 1);
            if (_words[at] != 0)
            {
                _from = at;
                return (at << 6) + BitOperations.TrailingZeroCount(_words[at]);
            }
        }

        return -1;
    }

    /// <summary>Takes one out; -1 when there is none.</summary>
    public int Take()
    {
        var bucket = Peek();
        if (bucket >= 0)
        {
            Remove(bucket);
        }

        return bucket;
    }

    /// <summary>512 octets, the first bucket the lowest bit of the first one.</summary>
    public void Write(Span<byte> bytes)
    {
        for (var i = 0; i < Words; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[(i * 8)..], _words[i]);
        }
    }

    public void Read(ReadOnlySpan<byte> bytes)
    {
        Count = 0;
        for (var i = 0; i < Words; i++)
        {
            _words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * 8)..]);
            Count += BitOperations.PopCount(_words[i]);
        }
    }
}
