using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>A canonical block as path attributes of an UPDATE, all but MP_REACH_NLRI, which <see cref="UpdateWriter"/> puts before them (RFC 7606 5.1).</summary>
internal static class AttributeEncoder
{
    /// <summary>Most octets that <see cref="Encode"/> writes.</summary>
    // NEXT_HOP has 7; to a 2-octet peer AS_PATH is there twice, the second time as AS4_PATH, and AGGREGATOR too.
    internal static int MaximumLength(AttributeBlock block) => (2 * block.Bytes.Length) + 7 + 16;

    /// <param name="block">The attributes.</param>
    /// <param name="nextHop">The next hop: NEXT_HOP is written when it is IPv4.</param>
    /// <param name="fourOctetAs">Whether RFC 6793 is negotiated. Else numbers that need four octets are AS_TRANS, and AS4_PATH and AS4_AGGREGATOR tell them.</param>
    /// <param name="destination">Room for <see cref="MaximumLength"/> octets.</param>
    /// <returns>Octets written.</returns>
    internal static int Encode(AttributeBlock block, in NextHop nextHop, bool fourOctetAs, Span<byte> destination)
    {
        var at = 0;
        var nextHopDue = nextHop.Kind == NextHopKind.Ipv4;
        var path4 = !fourOctetAs && NeedsFourOctets(block.AsPath);
        var aggregator4 = !fourOctetAs && block.Aggregator is { As: > ushort.MaxValue };
        foreach (var entry in block)
        {
            if (nextHopDue && entry.Type > AttributeType.NextHop)
            {
                at += WriteNextHop(nextHop, destination[at..]);
                nextHopDue = false;
            }

            if (path4 && entry.Type > AttributeType.As4Path)
            {
                at += Write(AttributeType.As4Path, AttributeFlags.OptionalTransitive, block.Get(AttributeType.AsPath), destination[at..]);
                path4 = false;
            }

            if (aggregator4 && entry.Type > AttributeType.As4Aggregator)
            {
                at += Write(AttributeType.As4Aggregator, AttributeFlags.OptionalTransitive, block.Get(AttributeType.Aggregator), destination[at..]);
                aggregator4 = false;
            }

            at += entry.Type switch
            {
                AttributeType.AsPath when !fourOctetAs => WriteShortPath(new AsPath(entry.Value), destination[at..]),
                AttributeType.Aggregator when !fourOctetAs => WriteShortAggregator(entry, destination[at..]),
                _ => Write(entry.Type, entry.Flags, entry.Value, destination[at..]),
            };
        }

        if (nextHopDue)
        {
            at += WriteNextHop(nextHop, destination[at..]);
        }

        if (path4)
        {
            at += Write(AttributeType.As4Path, AttributeFlags.OptionalTransitive, block.Get(AttributeType.AsPath), destination[at..]);
        }

        if (aggregator4)
        {
            at += Write(AttributeType.As4Aggregator, AttributeFlags.OptionalTransitive, block.Get(AttributeType.Aggregator), destination[at..]);
        }

        return at;
    }

    private static bool NeedsFourOctets(AsPath path)
    {
        foreach (var segment in path)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                if (segment[i] > ushort.MaxValue)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static int Write(AttributeType type, byte flags, ReadOnlySpan<byte> value, Span<byte> destination)
    {
        var header = WriteHeader(type, flags, value.Length, destination);
        value.CopyTo(destination[header..]);
        return header + value.Length;
    }

    private static int WriteHeader(AttributeType type, byte flags, int length, Span<byte> destination)
    {
        destination[1] = (byte)type;
        if (length > byte.MaxValue)
        {
            destination[0] = (byte)(flags | AttributeFlags.ExtendedLength);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
            return 4;
        }

        destination[0] = flags;
        destination[2] = (byte)length;
        return 3;
    }

    private static int WriteNextHop(in NextHop nextHop, Span<byte> destination)
    {
        var header = WriteHeader(AttributeType.NextHop, AttributeFlags.Transitive, 4, destination);
        BinaryPrimitives.WriteUInt32BigEndian(destination[header..], (uint)(nextHop.Address >> 96));
        return header + 4;
    }

    private static int WriteShortPath(AsPath path, Span<byte> destination)
    {
        var length = 0;
        foreach (var segment in path)
        {
            length += 2 + (2 * segment.Count);
        }

        var at = WriteHeader(AttributeType.AsPath, AttributeFlags.Transitive, length, destination);
        foreach (var segment in path)
        {
            destination[at] = (byte)segment.Type;
            destination[at + 1] = (byte)segment.Count;
            at += 2;
            for (var i = 0; i < segment.Count; i++, at += 2)
            {
                BinaryPrimitives.WriteUInt16BigEndian(destination[at..], Short(segment[i]));
            }
        }

        return at;
    }

    private static int WriteShortAggregator(AttributeEntry entry, Span<byte> destination)
    {
        var at = WriteHeader(entry.Type, entry.Flags, 6, destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[at..], Short(BinaryPrimitives.ReadUInt32BigEndian(entry.Value)));
        entry.Value[4..].CopyTo(destination[(at + 2)..]);
        return at + 6;
    }

    private static ushort Short(uint number) => number > ushort.MaxValue ? OpenCodec.AsTrans : (ushort)number;
}
