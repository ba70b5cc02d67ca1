using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>One segment of a canonical AS_PATH.</summary>
internal readonly ref struct AsSegment
{
    private readonly ReadOnlySpan<byte> _numbers;

    internal AsSegment(AsSegmentType type, ReadOnlySpan<byte> numbers)
    {
        Type = type;
        _numbers = numbers;
    }

    internal AsSegmentType Type { get; }

    internal int Count => _numbers.Length / 4;

    internal uint this[int index] => BinaryPrimitives.ReadUInt32BigEndian(_numbers[(4 * index)..]);
}
