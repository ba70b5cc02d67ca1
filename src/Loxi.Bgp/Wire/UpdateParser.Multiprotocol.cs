using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760 3, 4, 7; RFC 7606 5.3, 7.11, 7.12).</summary>
internal ref partial struct UpdateParser
{
    private void TakeRoutes(in AttributeSlot slot)
    {
        _hasMpAttribute = true;
        var value = _message.Slice(slot.Offset, slot.Length);
        if (value.Length < 3)
        {
            Fail(UpdateSubcode.OptionalAttribute, slot, ErrorHandling.SessionReset);
            return;
        }

        var isReach = slot.Type == AttributeType.MpReach;
        if (!FamilyCode.TryRead(BinaryPrimitives.ReadUInt16BigEndian(value), value[2], out var family) || !_context.Families.Contains(family))
        {
            // RFC 4760 6: nothing of a family that was not agreed on. What is in it may have any form.
            _hasReach |= isReach;
            Fail(UpdateSubcode.OptionalAttribute, slot, ErrorHandling.Ignore);
            return;
        }

        if (isReach)
        {
            TakeReach(slot, family);
        }
        else
        {
            TakeUnreach(slot, family);
        }
    }

    private void TakeReach(in AttributeSlot slot, BgpFamily family)
    {
        var value = _message.Slice(slot.Offset, slot.Length);
        var nextHopLength = value.Length > 3 ? value[3] : 0;
        // RFC 7606 7.11: where the routes begin follows from the length of the next hop.
        if (!IsNextHopLength(family, nextHopLength) || value.Length < 5 + nextHopLength)
        {
            Fail(UpdateSubcode.OptionalAttribute, slot, ErrorHandling.SessionReset);
            return;
        }

        _mpNextHop = ReadNextHop(value.Slice(4, nextHopLength));
        var routes = slot.Offset + 5 + nextHopLength;
        var bytes = _message[routes..(slot.Offset + slot.Length)];
        if (NlriSyntax.FindError(bytes, family, _context.AddPath(family), out var strange) is var wrong and >= 0)
        {
            FailAt(routes + wrong, UpdateSubcode.OptionalAttribute, slot, ErrorHandling.SessionReset);
            return;
        }

        _hasReach |= !bytes.IsEmpty;
        if (strange >= 0)
        {
            FailAt(routes + strange, UpdateSubcode.InvalidNetworkField, slot, ErrorHandling.Ignore);
        }

        _mpAnnounced = new PrefixList(bytes, family, _context.AddPath(family), strange >= 0);
        if (!NextHopRules.IsUsable(_mpNextHop, _context))
        {
            Fail(UpdateSubcode.OptionalAttribute, slot, ErrorHandling.TreatAsWithdraw);
        }
    }

    private void TakeUnreach(in AttributeSlot slot, BgpFamily family)
    {
        var bytes = _message.Slice(slot.Offset + 3, slot.Length - 3);
        if (NlriSyntax.FindError(bytes, family, _context.AddPath(family), out _) is var wrong and >= 0)
        {
            FailAt(slot.Offset + 3 + wrong, UpdateSubcode.OptionalAttribute, slot, ErrorHandling.SessionReset);
            return;
        }

        _mpWithdrawn = new PrefixList(bytes, family, _context.AddPath(family), unicastOnly: false);
        _mpEndOfRib = bytes.IsEmpty ? family : null;
    }

    // RFC 4760 3, RFC 2545 3, RFC 8950 3.
    private readonly bool IsNextHopLength(BgpFamily family, int length) => family == BgpFamily.Ipv4Unicast
        ? length == 4 || (_context.Ipv4OverIpv6NextHop && length is 16 or 32)
        : length is 16 or 32;

    private static NextHop ReadNextHop(ReadOnlySpan<byte> value)
    {
        if (value.Length == 4)
        {
            return new NextHop(NextHopKind.Ipv4, new UInt128((ulong)BinaryPrimitives.ReadUInt32BigEndian(value) << 32, 0));
        }

        var address = BinaryPrimitives.ReadUInt128BigEndian(value);
        var linkLocal = value.Length == 32 ? BinaryPrimitives.ReadUInt128BigEndian(value[16..]) : address;
        if (!NextHop.IsLinkLocal(linkLocal))
        {
            return new NextHop(NextHopKind.Ipv6, address);
        }

        // A peer on a link without global addresses has nothing else to say, alone or beside an empty first half.
        return new NextHop(NextHopKind.Ipv6, address == UInt128.Zero || NextHop.IsLinkLocal(address) ? linkLocal : address, linkLocal);
    }
}
