using System.Runtime.CompilerServices;

namespace Loxi.Bgp.Rib;

/// <summary>Values addressed by index, in chunks: growing copies nothing, and the collector has few objects to look at. Index 0 is never given out: it means none.</summary>
internal sealed class Slab<T>
    where T : struct, ISlabItem
{
    private const int ChunkBits = 13;
    private const int ChunkSize = 1 << ChunkBits;

    private T[][] _chunks = [new T[ChunkSize]];
    private int _firstFree;

    /// <summary>One more than the highest index that was ever given out.</summary>
    internal int End { get; private set; } = 1;

    internal int Count { get; private set; }

    internal ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _chunks[index >> ChunkBits][index & (ChunkSize - 1)];
    }

    /// <summary>Gives out a cleared value.</summary>
    internal int Allocate()
    {
        Count++;
        if (_firstFree != 0)
        {
            var reused = _firstFree;
            ref var item = ref this[reused];
            _firstFree = item.NextFree;
            item = default;
            return reused;
        }

        if (End >> ChunkBits == _chunks.Length || _chunks[End >> ChunkBits] is null)
        {
            if (End >> ChunkBits == _chunks.Length)
            {
                Array.Resize(ref _chunks, _chunks.Length * 2);
            }

            _chunks[End >> ChunkBits] = new T[ChunkSize];
        }

        return End++;
    }

    /// <summary>Takes a value back; the caller has marked it as not in use.</summary>
    internal void Free(int index)
    {
        Count--;
        this[index].NextFree = _firstFree;
        _firstFree = index;
    }
}
