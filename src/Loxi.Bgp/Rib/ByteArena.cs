namespace Loxi.Bgp.Rib;

/// <summary>Blocks of bytes in large arrays. A block of a size that was given back is used again for one of the same class.</summary>
internal sealed class ByteArena
{
    private const int Grain = 16;
    private const int LargestClass = 4096 / Grain;
    private const int ChunkBits = 18;
    private const int ChunkSize = 1 << ChunkBits;

    private readonly List<byte[]> _chunks = [];
    private readonly List<byte[]?> _large = [];
    private readonly Stack<int> _freeLarge = new();
    private readonly Stack<int>?[] _free = new Stack<int>?[LargestClass + 1];
    private int _used = ChunkSize;

    /// <summary>Copies bytes into a block. A reference below 0 is an array of its own: messages of 65,535 octets are rare.</summary>
    internal int Add(ReadOnlySpan<byte> bytes)
    {
        var size = (bytes.Length + Grain - 1) / Grain;
        if (size > LargestClass)
        {
            if (_freeLarge.TryPop(out var slot))
            {
                _large[slot] = bytes.ToArray();
                return ~slot;
            }

            _large.Add(bytes.ToArray());
            return ~(_large.Count - 1);
        }

        int block;
        if (_free[size] is { Count: > 0 } free)
        {
            block = free.Pop();
        }
        else
        {
            if (_used + (size * Grain) > ChunkSize)
            {
                _chunks.Add(GC.AllocateUninitializedArray<byte>(ChunkSize));
                _used = 0;
            }

            // In grains, so that an int reaches 32 GiB.
            block = ((_chunks.Count - 1) << (ChunkBits - 4)) | (_used / Grain);
            _used += size * Grain;
        }

        bytes.CopyTo(Span(block, bytes.Length));
        return block;
    }

    internal ReadOnlySpan<byte> Get(int block, int length) => Span(block, length);

    internal void Free(int block, int length)
    {
        if (block < 0)
        {
            _large[~block] = null;
            _freeLarge.Push(~block);
            return;
        }

        (_free[(length + Grain - 1) / Grain] ??= new()).Push(block);
    }

    private Span<byte> Span(int block, int length)
        => block < 0 ? _large[~block].AsSpan(0, length) : _chunks[block >> (ChunkBits - 4)].AsSpan((block & ((ChunkSize / Grain) - 1)) * Grain, length);
}
