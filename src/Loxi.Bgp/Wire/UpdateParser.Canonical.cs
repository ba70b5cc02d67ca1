using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>From what is in the message to the canonical block.</summary>
internal ref partial struct UpdateParser
{
    // RFC 6793 4.2.3: an AGGREGATOR that is not AS_TRANS was added by a speaker that did not know the others.
    private void Find4()
    {
        var hasAggregator4 = _buffer.TryFind(AttributeType.As4Aggregator, out var aggregator4);
        var hasAggregator = _buffer.TryFind(AttributeType.Aggregator, out var aggregator);
        if (hasAggregator4 && hasAggregator)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(_message[aggregator.Offset..]) != OpenCodec.AsTrans)
            {
                return;
            }

            _as4Aggregator = _message.Slice(aggregator4.Offset, aggregator4.Length);
        }

        if (_buffer.TryFind(AttributeType.As4Path, out var path4) && _buffer.TryFind(AttributeType.AsPath, out var path))
        {
            var value = _message.Slice(path4.Offset, path4.Length);
            if (CountAses(_message.Slice(path.Offset, path.Length), 2) >= CountAses(value, 4))
            {
                _as4Path = value;
            }
        }
    }

    // Without confederation segments, which have no place in AS4_PATH (RFC 6793 6) and never get here in AS_PATH.
    private static int CountAses(ReadOnlySpan<byte> path, int width)
    {
        var count = 0;
        for (; !path.IsEmpty; path = path[(2 + (width * path[1]))..])
        {
            count += path[0] == (byte)AsSegmentType.Sequence ? path[1] : 0;
        }

        return count;
    }

    // RFC 4271 6.3: the peer puts its own AS before what it passes on. AS4_PATH may not say otherwise.
    private readonly void CheckFirstAs()
    {
        if (!_context.IsExternal || !_context.EnforceFirstAs || !_buffer.TryFind(AttributeType.AsPath, out var slot))
        {
            return;
        }

        var path = _message.Slice(slot.Offset, slot.Length);
        var isRight = _context.FourOctetAs ? FirstAs(path, 4) == _context.PeerAs : IsFirstAsOfTwoOctets(path);
        if (!isRight)
        {
            Fail(UpdateSubcode.MalformedAsPath, slot, ErrorHandling.TreatAsWithdraw);
        }
    }

    private readonly bool IsFirstAsOfTwoOctets(ReadOnlySpan<byte> path)
    {
        var expected = _context.PeerAs > ushort.MaxValue ? OpenCodec.AsTrans : _context.PeerAs;
        var isFrom4 = !_as4Path.IsEmpty && CountAses(path, 2) == CountAses(_as4Path, 4);
        return FirstAs(path, 2) == expected && (!isFrom4 || FirstAs(_as4Path, 4) == _context.PeerAs);
    }

    private static uint FirstAs(ReadOnlySpan<byte> path, int width)
    {
        for (; !path.IsEmpty; path = path[(2 + (width * path[1]))..])
        {
            if (path[0] == (byte)AsSegmentType.Sequence)
            {
                return width == 4 ? BinaryPrimitives.ReadUInt32BigEndian(path[2..]) : BinaryPrimitives.ReadUInt16BigEndian(path[2..]);
            }
        }

        return 0;
    }

    private readonly void WriteBlock()
    {
        // Headers grow by one octet, AS numbers of two octets to four.
        var writer = new AttributeBlockWriter(_buffer.Rent((2 * (_nlriOffset - _attributesOffset)) + 16));
        foreach (var slot in _buffer.Slots)
        {
            var value = _message.Slice(slot.Offset, slot.Length);
            switch (slot.Type)
            {
                case AttributeType.NextHop or AttributeType.As4Path or AttributeType.As4Aggregator:
                    break;
                case AttributeType.AsPath when !_context.FourOctetAs:
                    WritePath(ref writer, value);
                    break;
                case AttributeType.Aggregator when !_context.FourOctetAs:
                    WriteAggregator(ref writer, slot.Flags, value);
                    break;
                case AttributeType.LargeCommunities:
                    var copy = writer.Begin(slot.Type, Flags(slot), value.Length);
                    value.CopyTo(copy);
                    writer.Shorten(copy.Length, LargeCommunityOrder.Normalize(copy));
                    break;
                default:
                    writer.Add(slot.Type, Flags(slot), value);
                    break;
            }
        }

        _buffer.Publish(writer.Length);
    }

    // Partial stays on what is optional and transitive, and is set on what we do not know (RFC 4271 5).
    private static byte Flags(in AttributeSlot slot) => AttributeFlags.Of(slot.Type) switch
    {
        0 => AttributeFlags.OptionalTransitive | AttributeFlags.Partial,
        AttributeFlags.OptionalTransitive => (byte)(AttributeFlags.OptionalTransitive | (slot.Flags & AttributeFlags.Partial)),
        var flags => flags,
    };

    private readonly void WriteAggregator(ref AttributeBlockWriter writer, byte flags, ReadOnlySpan<byte> value)
    {
        var destination = writer.Begin(AttributeType.Aggregator, (byte)(AttributeFlags.OptionalTransitive | (flags & AttributeFlags.Partial)), 8);
        if (!_as4Aggregator.IsEmpty)
        {
            _as4Aggregator.CopyTo(destination);
            return;
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination, BinaryPrimitives.ReadUInt16BigEndian(value));
        value[2..].CopyTo(destination[4..]);
    }

    private readonly void WritePath(ref AttributeBlockWriter writer, ReadOnlySpan<byte> path)
    {
        var total = CountAses(path, 2);
        var fromPath = _as4Path.IsEmpty ? total : total - CountAses(_as4Path, 4);
        var segments = (total + AsPath.LongestSegment - 1) / AsPath.LongestSegment;
        var numbers = new AsNumberWriter(writer.Begin(AttributeType.AsPath, AttributeFlags.Transitive, (2 * segments) + (4 * total)), total);
        numbers.Add(path, 2, fromPath);
        numbers.Add(_as4Path, 4, total - fromPath);
    }
}
