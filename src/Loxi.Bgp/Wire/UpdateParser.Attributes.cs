using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>The path attributes, one after the other.</summary>
internal ref partial struct UpdateParser
{
    private void ReadAttributes()
    {
        var raw = _message[_attributesOffset.._nlriOffset];
        if (_buffer.TryRecall(raw, _context, out _nextHop))
        {
            _recalled = true;
            return;
        }

        _buffer.Forget();
        _buffer.BeginAttributes();
        for (var at = _attributesOffset; at < _nlriOffset;)
        {
            if (!ReadAttribute(ref at))
            {
                return;
            }
        }

        CheckNextHop();
        if (!_context.FourOctetAs)
        {
            Find4();
        }

        CheckFirstAs();
    }

    // False when no further attribute can be read.
    private bool ReadAttribute(ref int at)
    {
        var start = at;
        var left = _nlriOffset - start;
        var header = left > 0 && (_message[start] & AttributeFlags.ExtendedLength) != 0 ? 4 : 3;
        var type = left > 1 ? (AttributeType)_message[start + 1] : default;
        if (left < header)
        {
            // RFC 7606 4. Where it is one of the attributes with routes, these cannot be withdrawn (RFC 7606 3(j)).
            var cut = new AttributeSlot(type, _message[start], start, start, left);
            Fail(UpdateSubcode.MalformedAttributeList, cut, HoldsRoutes(type) ? ErrorHandling.SessionReset : ErrorHandling.TreatAsWithdraw);
            return false;
        }

        var length = header == 4 ? BinaryPrimitives.ReadUInt16BigEndian(_message[(start + 2)..]) : _message[start + 2];
        if (length > left - header)
        {
            var cut = new AttributeSlot(type, _message[start], start, start + header, left - header);
            Fail(UpdateSubcode.AttributeLength, cut, HoldsRoutes(type) ? ErrorHandling.SessionReset : ErrorHandling.TreatAsWithdraw);
            return false;
        }

        at = start + header + length;
        _attributeCount++;
        Take(new AttributeSlot(type, _message[start], start, start + header, length));
        return _buffer.Strongest.Handling < ErrorHandling.SessionReset;
    }

    private void Take(in AttributeSlot slot)
    {
        if (!_buffer.MarkSeen(slot.Type))
        {
            // RFC 7606 3(g).
            Fail(UpdateSubcode.MalformedAttributeList, slot, HoldsRoutes(slot.Type) ? ErrorHandling.SessionReset : ErrorHandling.AttributeDiscard);
            return;
        }

        var expected = AttributeFlags.Of(slot.Type);
        if (expected == 0)
        {
            TakeUnrecognized(slot);
            return;
        }

        if (slot.Type == AttributeType.Aigp)
        {
            // RFC 7311 3.3: without AIGP_SESSION as if it were not recognised, and it is not transitive.
            return;
        }

        if (HasNoBusiness(slot.Type))
        {
            Fail(UpdateSubcode.MalformedAttributeList, slot, ErrorHandling.AttributeDiscard);
            return;
        }

        var flagsFit = (slot.Flags & AttributeFlags.OptionalTransitive) == expected;
        if (!flagsFit)
        {
            // RFC 7606 3(c). Partial, Extended Length and the unused bits say nothing about the type.
            Fail(UpdateSubcode.AttributeFlags, slot, ErrorHandling.TreatAsWithdraw);
        }

        if (HoldsRoutes(slot.Type))
        {
            TakeRoutes(slot);
        }
        else if (flagsFit)
        {
            var (subcode, handling) = AttributeRules.Check(slot.Type, _message.Slice(slot.Offset, slot.Length), _context.FourOctetAs);
            if (handling == ErrorHandling.None)
            {
                _buffer.AddSlot(slot);
            }
            else
            {
                Fail(subcode, slot, handling);
            }
        }
    }

    private readonly void TakeUnrecognized(in AttributeSlot slot)
    {
        if ((slot.Flags & AttributeFlags.Optional) == 0)
        {
            // RFC 4271 6.3: what every speaker must know and we do not.
            Fail(UpdateSubcode.UnrecognizedWellKnown, slot, ErrorHandling.SessionReset);
        }
        else if ((slot.Flags & AttributeFlags.Transitive) != 0)
        {
            _buffer.AddSlot(slot);
        }
    }

    private static bool HoldsRoutes(AttributeType type) => type is AttributeType.MpReach or AttributeType.MpUnreach;

    // RFC 7606 7.5, 7.9, 7.10: only between internal peers. RFC 6793 6: only from a speaker with AS numbers of two octets. Whatever is in it.
    private readonly bool HasNoBusiness(AttributeType type) => type switch
    {
        AttributeType.LocalPreference or AttributeType.OriginatorId or AttributeType.ClusterList => _context.IsExternal,
        AttributeType.As4Path or AttributeType.As4Aggregator => _context.FourOctetAs,
        _ => false,
    };

    private void CheckNextHop()
    {
        if (!_buffer.TryFind(AttributeType.NextHop, out var slot))
        {
            return;
        }

        _nextHop = new NextHop(NextHopKind.Ipv4, new UInt128((ulong)BinaryPrimitives.ReadUInt32BigEndian(_message[slot.Offset..]) << 32, 0));
        // RFC 4760 3: beside routes of MP_REACH_NLRI alone it is ignored.
        var isUsed = _nlriOffset < _message.Length || !_buffer.HasSeen(AttributeType.MpReach);
        if (isUsed && !NextHopRules.IsUsable(_nextHop, _context))
        {
            Fail(UpdateSubcode.InvalidNextHop, slot, ErrorHandling.TreatAsWithdraw);
        }
    }

    // RFC 7606 3(d): what is missing, where there are routes that need it.
    private readonly void CheckMissing()
    {
        if (!_hasReach)
        {
            return;
        }

        Require(AttributeType.Origin);
        Require(AttributeType.AsPath);
        if (_nlriOffset < _message.Length)
        {
            Require(AttributeType.NextHop);
        }

        if (!_context.IsExternal)
        {
            // RFC 4271 5.1.5: in all UPDATEs to internal peers.
            Require(AttributeType.LocalPreference);
        }
    }

    private readonly void Require(AttributeType type)
    {
        if (!_buffer.HasSeen(type))
        {
            _buffer.Add(new BgpError(BgpErrorCode.UpdateMessage, UpdateSubcode.MissingWellKnown, _attributesOffset, ErrorHandling.TreatAsWithdraw, (byte)type));
        }
    }
}
