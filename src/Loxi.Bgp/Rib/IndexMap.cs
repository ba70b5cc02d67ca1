namespace Loxi.Bgp.Rib;

/// <summary>Indexes by index, 0 where none was set, in chunks as <see cref="Slab{T}"/>.</summary>
internal sealed class IndexMap
{
    private const int ChunkBits = 13;

    private int[]?[] _chunks = new int[]?[4];

    internal int this[int index]
    {
        get => index >> ChunkBits < _chunks.Length && _chunks[index >> ChunkBits] is { } chunk ? chunk[index & ((1 << ChunkBits) - 1)] : 0;
        set
        {
            var at = index >> ChunkBits;
            if (at >= _chunks.Length)
            {
                Array.Resize(ref _chunks, Math.Max(at + 1, _chunks.Length * 2));
            }

            (_chunks[at] ??= new int[1 << ChunkBits])[index & ((1 << ChunkBits) - 1)] = value;
        }
    }
}
