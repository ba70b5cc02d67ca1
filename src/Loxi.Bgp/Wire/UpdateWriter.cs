using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>
/// Fills a buffer with whole UPDATEs, as many prefixes in each as fit. IPv4 prefixes with an IPv4 next hop go into the fields of
/// RFC 4271, all else into MP_REACH_NLRI, which is the first attribute and the only one with NLRI of its message (RFC 7606 5.1).
/// </summary>
internal ref struct UpdateWriter(Span<byte> buffer, UpdateFormat format)
{
    // Header, length of the withdrawn routes, length of the attributes.
    private const int Fixed = MessageHeader.Size + 4;
    private const int MpAttributeHeader = 4;

    private readonly Span<byte> _buffer = buffer;
    private readonly UpdateFormat _format = format;
    private ReadOnlySpan<byte> _attributes;
    private Kind _kind;
    private BgpFamily _family;
    private int _first;
    private int _at;
    private int _reserved;

    private enum Kind : byte
    {
        Withdrawn,
        Announced,
        MpReach,
        MpUnreach,
    }

    /// <summary>Octets of finished messages.</summary>
    internal int Length { get; private set; }

    /// <summary>Begins a message that announces.</summary>
    /// <param name="family">Family of the prefixes.</param>
    /// <param name="nextHop">Their next hop.</param>
    /// <param name="attributes">From <see cref="AttributeEncoder"/>, with the same next hop; must stay as they are until <see cref="End"/>.</param>
    internal UpdateWriterStatus BeginReach(BgpFamily family, in NextHop nextHop, ReadOnlySpan<byte> attributes)
    {
        var plain = family == BgpFamily.Ipv4Unicast && nextHop.Kind == NextHopKind.Ipv4;
        var nextHopLength = plain ? 0 : NextHopLength(nextHop);
        var fixedLength = Fixed + attributes.Length + (plain ? 0 : MpAttributeHeader + 5 + nextHopLength);
        if (Check(fixedLength) is var status and not UpdateWriterStatus.Done)
        {
            return status;
        }

        _kind = plain ? Kind.Announced : Kind.MpReach;
        _family = family;

        _attributes = attributes;
        var body = _buffer[(Length + MessageHeader.Size)..];
        BinaryPrimitives.WriteUInt16BigEndian(body, 0);
        if (plain)
        {
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)attributes.Length);
            attributes.CopyTo(body[4..]);
            _attributes = default;
            return Started(Fixed + attributes.Length, reserved: 0);
        }

        WriteMpHeader(AttributeType.MpReach, body[4..], family);
        var value = body[(4 + MpAttributeHeader)..];
        value[3] = (byte)nextHopLength;
        WriteNextHop(nextHop, value.Slice(4, nextHopLength));
        value[4 + nextHopLength] = 0; // reserved
        // The other attributes follow the prefixes: their room is kept.
        return Started(Fixed + MpAttributeHeader + 5 + nextHopLength, attributes.Length);
    }

    /// <summary>Begins a message that withdraws.</summary>
    internal UpdateWriterStatus BeginWithdraw(BgpFamily family)
    {
        var plain = family == BgpFamily.Ipv4Unicast;
        if (Check(plain ? Fixed : Fixed + MpAttributeHeader + 3) is var status and not UpdateWriterStatus.Done)
        {
            return status;
        }

        _kind = plain ? Kind.Withdrawn : Kind.MpUnreach;
        _family = family;

        _attributes = default;
        var body = _buffer[(Length + MessageHeader.Size)..];
        if (plain)
        {
            // The length of the attributes follows the prefixes.
            return Started(MessageHeader.Size + 2, reserved: 2);
        }

        BinaryPrimitives.WriteUInt16BigEndian(body, 0);
        WriteMpHeader(AttributeType.MpUnreach, body[4..], family);
        return Started(Fixed + MpAttributeHeader + 3, reserved: 0);
    }

    /// <summary>Adds a prefix to the message.</summary>
    /// <param name="prefix">The prefix, of the message's family.</param>
    /// <param name="pathId">Its path identifier; written only where ADD-PATH is negotiated.</param>
    internal UpdateWriterStatus Add(in Prefix prefix, uint pathId = 0)
    {
        var octets = (prefix.Length + 7) >> 3;
        var addPath = _format.AddPath(_family);
        var size = 1 + octets + (addPath ? 4 : 0);
        var end = _at + size + _reserved;
        if (end - Length > _format.MaxLength)
        {
            return _at == _first ? UpdateWriterStatus.TooLong : UpdateWriterStatus.MessageFull;
        }

        if (end > _buffer.Length)
        {
            return _at == _first ? UpdateWriterStatus.BufferFull : UpdateWriterStatus.MessageFull;
        }

        var value = _buffer.Slice(_at, size);
        _at += size;
        if (addPath)
        {
            BinaryPrimitives.WriteUInt32BigEndian(value, pathId);
            value = value[4..];
        }

        value[0] = prefix.Length;
        Span<byte> bits = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bits, prefix.Bits);
        bits[..octets].CopyTo(value[1..]);

        return UpdateWriterStatus.Done;
    }

    /// <summary>Finishes the message. One without prefixes is dropped.</summary>
    internal void End()
    {
        if (_at > _first)
        {
            Finish();
        }
    }

    /// <summary>Writes End-of-RIB (RFC 4724 2).</summary>
    /// <returns>False when the buffer is full.</returns>
    internal bool TryEndOfRib(BgpFamily family)
    {
        if (BeginWithdraw(family) != UpdateWriterStatus.Done)
        {
            return false;
        }

        Finish();
        return true;
    }

    private void Finish()
    {
        var body = _buffer[(Length + MessageHeader.Size)..];
        var used = _at - Length - MessageHeader.Size;
        switch (_kind)
        {
            case Kind.Withdrawn:
                BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)(used - 2));
                BinaryPrimitives.WriteUInt16BigEndian(body[used..], 0);
                _at += 2;
                break;
            case Kind.MpReach or Kind.MpUnreach:
                BinaryPrimitives.WriteUInt16BigEndian(body[6..], (ushort)(used - 4 - MpAttributeHeader));
                BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)(used - 4 + _attributes.Length));
                _attributes.CopyTo(_buffer[_at..]);
                _at += _attributes.Length;
                break;
            default:
                break;
        }

        MessageHeader.Write(MessageType.Update, _at - Length, _buffer[Length..]);
        Length = _first = _at;
    }

    private readonly UpdateWriterStatus Check(int fixedLength)
        => fixedLength > _format.MaxLength ? UpdateWriterStatus.TooLong : fixedLength > _buffer.Length - Length ? UpdateWriterStatus.BufferFull : UpdateWriterStatus.Done;

    private UpdateWriterStatus Started(int written, int reserved)
    {
        _at = _first = Length + written;
        _reserved = reserved;
        return UpdateWriterStatus.Done;
    }

    private static void WriteMpHeader(AttributeType type, Span<byte> destination, BgpFamily family)
    {
        // Always with a length of two octets: it is known when the prefixes are.
        destination[0] = AttributeFlags.Optional | AttributeFlags.ExtendedLength;
        destination[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[MpAttributeHeader..], FamilyCode.Afi(family));
        destination[MpAttributeHeader + 2] = FamilyCode.Unicast;
    }

    private static int NextHopLength(in NextHop nextHop) => nextHop.Kind switch
    {
        NextHopKind.Ipv4 => 4,
        _ => nextHop.LinkLocal != default && !nextHop.IsLinkLocalOnly ? 32 : 16,
    };

    private static void WriteNextHop(in NextHop nextHop, Span<byte> destination)
    {
        if (nextHop.Kind == NextHopKind.Ipv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)(nextHop.Address >> 96));
            return;
        }

        BinaryPrimitives.WriteUInt128BigEndian(destination, nextHop.Address);
        if (destination.Length == 32)
        {
            BinaryPrimitives.WriteUInt128BigEndian(destination[16..], nextHop.LinkLocal);
        }
    }
}
