using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>Writes AS numbers as sequences of at most 255: one path from AS_PATH and AS4_PATH (RFC 6793 4.2.3).</summary>
internal ref struct AsNumberWriter(Span<byte> destination, int total)
{
    private Span<byte> _destination = destination;
    private int _left = total;
    private int _inSegment;

    /// <summary>Adds the first numbers of the sequences of a path.</summary>
    /// <param name="path">Segments.</param>
    /// <param name="width">Octets of a number, 2 or 4.</param>
    /// <param name="count">How many numbers.</param>
    internal void Add(ReadOnlySpan<byte> path, int width, int count)
    {
        while (count > 0)
        {
            int inSegment = path[1];
            if (path[0] == (byte)AsSegmentType.Sequence)
            {
                var taken = Math.Min(count, inSegment);
                for (var i = 0; i < taken; i++)
                {
                    var number = path[(2 + (width * i))..];
                    Add(width == 4 ? BinaryPrimitives.ReadUInt32BigEndian(number) : BinaryPrimitives.ReadUInt16BigEndian(number));
                }

                count -= taken;
            }

            path = path[(2 + (width * inSegment))..];
        }
    }

    private void Add(uint number)
    {
        if (_inSegment == 0)
        {
            _inSegment = Math.Min(_left, AsPath.LongestSegment);
            _destination[0] = (byte)AsSegmentType.Sequence;
            _destination[1] = (byte)_inSegment;
            _destination = _destination[2..];
        }

        BinaryPrimitives.WriteUInt32BigEndian(_destination, number);
        _destination = _destination[4..];
        _inSegment--;
        _left--;
    }
}
