using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>One run of <see cref="UpdateReader"/>.</summary>
internal ref partial struct UpdateParser
{
    private const int WithdrawnLengthOffset = MessageHeader.Size;
    private const int WithdrawnOffset = WithdrawnLengthOffset + 2;

    private readonly ReadOnlySpan<byte> _message;
    private readonly UpdateContext _context;
    private readonly UpdateBuffer _buffer;

    private int _attributesOffset;
    private int _nlriOffset;
    private int _attributeCount;
    private bool _hasMpAttribute;
    private bool _recalled;

    // Whether the message names routes that can be reached, of whatever family (RFC 7606 5.2).
    private bool _hasReach;

    private NextHop _nextHop;
    private NextHop _mpNextHop;
    private PrefixList _withdrawn;
    private PrefixList _announced;
    private PrefixList _mpWithdrawn;
    private PrefixList _mpAnnounced;
    private BgpFamily? _mpEndOfRib;

    // Values of AS4_PATH and AS4_AGGREGATOR where they count (RFC 6793 4.2.3); empty else.
    private ReadOnlySpan<byte> _as4Path;
    private ReadOnlySpan<byte> _as4Aggregator;

    internal UpdateParser(ReadOnlySpan<byte> message, UpdateContext context, UpdateBuffer buffer)
    {
        _message = message;
        _context = context;
        _buffer = buffer;
    }

    internal UpdateView Run()
    {
        _buffer.Begin();
        if (!FindFields() || !ReadField(WithdrawnOffset, _attributesOffset - 2, announced: false, out _withdrawn)
            || !ReadField(_nlriOffset, _message.Length, announced: true, out _announced))
        {
            return Result(default);
        }

        _hasReach = _nlriOffset < _message.Length;
        ReadAttributes();
        if (_buffer.Strongest.Handling < ErrorHandling.SessionReset)
        {
            CheckMissing();
        }

        var error = _buffer.Strongest;
        if (error.Handling == ErrorHandling.TreatAsWithdraw && !_hasReach)
        {
            // RFC 7606 5.2: the routes that are to be withdrawn may be what the error hides.
            error = error with { Handling = ErrorHandling.SessionReset };
        }

        return Result(error);
    }

    private readonly UpdateView Result(BgpError error)
    {
        if (error.IsNone)
        {
            error = _buffer.Strongest;
        }

        var used = _hasReach && error.Handling < ErrorHandling.TreatAsWithdraw;
        if (used && !_recalled)
        {
            WriteBlock();
            if (_buffer.ErrorCount == 0 && !_hasMpAttribute)
            {
                _buffer.Remember(_message[_attributesOffset.._nlriOffset], _context, _nextHop);
            }
        }

        return new UpdateView(_buffer)
        {
            Error = error,
            Withdrawn = _withdrawn,
            Announced = _announced,
            MpWithdrawn = _mpWithdrawn,
            MpAnnounced = _mpAnnounced,
            NextHop = _nextHop,
            MpNextHop = _mpNextHop,
            EndOfRib = error.Handling < ErrorHandling.TreatAsWithdraw ? EndOfRib() : null,
            HasAttributes = used,
        };
    }

    // RFC 4271 6.3: lengths beyond the message are not for RFC 7606 to heal: where the routes are is not known.
    private bool FindFields()
    {
        int withdrawn = BinaryPrimitives.ReadUInt16BigEndian(_message[WithdrawnLengthOffset..]);
        _attributesOffset = WithdrawnOffset + withdrawn + 2;
        if (_attributesOffset > _message.Length)
        {
            Fail(UpdateSubcode.MalformedAttributeList, WithdrawnLengthOffset, ErrorHandling.SessionReset);
            return false;
        }

        _nlriOffset = _attributesOffset + BinaryPrimitives.ReadUInt16BigEndian(_message[(_attributesOffset - 2)..]);
        if (_nlriOffset > _message.Length)
        {
            Fail(UpdateSubcode.MalformedAttributeList, _attributesOffset - 2, ErrorHandling.SessionReset);
            return false;
        }

        return true;
    }

    private readonly bool ReadField(int start, int end, bool announced, out PrefixList list)
    {
        var bytes = _message[start..end];
        var wrong = NlriSyntax.FindError(bytes, BgpFamily.Ipv4Unicast, _context.AddPathIpv4, out var strange);
        list = default;
        if (wrong >= 0)
        {
            Fail(UpdateSubcode.InvalidNetworkField, start + wrong, ErrorHandling.SessionReset);
            return false;
        }

        if (!bytes.IsEmpty && !_context.Families.Contains(BgpFamily.Ipv4Unicast))
        {
            Fail(UpdateSubcode.InvalidNetworkField, start, ErrorHandling.Ignore);
            return true;
        }

        if (announced && strange >= 0)
        {
            // RFC 4271 6.3: such a prefix is ignored.
            Fail(UpdateSubcode.InvalidNetworkField, start + strange, ErrorHandling.Ignore);
        }

        list = new PrefixList(bytes, BgpFamily.Ipv4Unicast, _context.AddPathIpv4, announced && strange >= 0);
        return true;
    }

    private readonly BgpFamily? EndOfRib()
    {
        if (_message.Length > _nlriOffset || _attributesOffset > WithdrawnOffset + 2)
        {
            return null;
        }

        if (_nlriOffset == _attributesOffset)
        {
            return _context.Families.Contains(BgpFamily.Ipv4Unicast) ? BgpFamily.Ipv4Unicast : null;
        }

        return _attributeCount == 1 ? _mpEndOfRib : null;
    }

    private readonly void Fail(byte subcode, int offset, ErrorHandling handling)
        => _buffer.Add(new BgpError(BgpErrorCode.UpdateMessage, subcode, offset, handling));

    // RFC 4271 6.3: the data of the NOTIFICATION is the attribute.
    private readonly void Fail(byte subcode, in AttributeSlot slot, ErrorHandling handling) => FailAt(slot.Start, subcode, slot, handling);

    private readonly void FailAt(int offset, byte subcode, in AttributeSlot slot, ErrorHandling handling)
        => _buffer.Add(new BgpError(BgpErrorCode.UpdateMessage, subcode, offset, handling, (byte)slot.Type, slot.Start, slot.Offset + slot.Length - slot.Start));
}
