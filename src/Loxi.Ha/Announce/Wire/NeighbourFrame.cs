using System.Buffers.Binary;

namespace Loxi.Ha.Announce.Wire;

/// <summary>Neighbour solicitation and advertisement (RFC 4861 4.3, 4.4) on Ethernet, with the headers.</summary>
internal static class NeighbourFrame
{
    /// <summary>The longest: an advertisement with the target's link-layer address.</summary>
    internal const int Size = 86;
    internal const ushort EtherType = 0x86dd;
    internal const byte Advertisement = 136;
    internal const int TypeOffset = 54;
    internal const int NextHeaderOffset = 20;
    internal const byte IcmpV6 = 58;

    private const int Ipv6Offset = 14;
    private const int IcmpOffset = 54;
    private const int TargetOffset = 62;
    private const int OptionOffset = 78;
    private const byte Solicitation = 135;
    private const byte Router = 0x80;
    private const byte Override = 0x20;

    private static ReadOnlySpan<byte> AllNodesMac => [0x33, 0x33, 0, 0, 0, 1];

    private static ReadOnlySpan<byte> AllNodes => [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>Unsolicited, to all nodes, O=1, S=0 (RFC 4861 7.2.6). R says what answers of the kernel say: whether it forwards.</summary>
    internal static int WriteAdvertisement(Span<byte> frame, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> address, bool isRouter)
    {
        WriteHeaders(frame[..Size], AllNodesMac, mac, address, AllNodes);
        frame[IcmpOffset] = Advertisement;
        frame[IcmpOffset + 4] = (byte)(Override | (isRouter ? Router : 0));
        address.CopyTo(frame[TargetOffset..]);
        frame[OptionOffset] = 2; // target link-layer address
        frame[OptionOffset + 1] = 1;
        mac.CopyTo(frame[(OptionOffset + 2)..]);
        return Finish(frame[..Size]);
    }

    /// <summary>A probe: from the unspecified address to the solicited-node group, without the sender's link-layer address (RFC 4861 4.3, RFC 4862 5.4.2).</summary>
    internal static int WriteProbe(Span<byte> frame, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> address)
    {
        Span<byte> group = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 0];
        address[13..].CopyTo(group[13..]);
        Span<byte> groupMac = [0x33, 0x33, 0xff, 0, 0, 0];
        address[13..].CopyTo(groupMac[3..]);
        WriteHeaders(frame[..OptionOffset], groupMac, mac, new byte[16], group);
        frame[IcmpOffset] = Solicitation;
        address.CopyTo(frame[TargetOffset..]);
        return Finish(frame[..OptionOffset]);
    }

    /// <summary>A question from an own address, with the link-layer address to answer to (RFC 4861 4.3). From the unspecified address, all octets 0, it is a probe.</summary>
    internal static int WriteSolicitation(Span<byte> frame, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> source, ReadOnlySpan<byte> address)
    {
        var length = WriteProbe(frame, mac, address);
        if (!source.ContainsAnyExcept((byte)0))
        {
            return length;
        }

        frame[OptionOffset..Size].Clear();
        source.CopyTo(frame[22..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(Ipv6Offset + 4)..], Size - IcmpOffset);
        frame[(IcmpOffset + 2)..(IcmpOffset + 4)].Clear();
        frame[OptionOffset] = 1; // source link-layer address
        frame[OptionOffset + 1] = 1;
        mac.CopyTo(frame[(OptionOffset + 2)..]);
        return Finish(frame[..Size]);
    }

    /// <summary>Reads whose address an advertisement says to be where: the option, or who sent the frame where there is none.</summary>
    internal static bool TryReadClaim(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> mac, out ReadOnlySpan<byte> address)
    {
        mac = address = default;
        // RFC 4861 7.1.2: hop limit 255, code 0, the target is not a multicast address. What the kernel checks too is left to it: a wrong checksum is no host.
        if (frame.Length < OptionOffset
            || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != EtherType
            || frame[NextHeaderOffset] != IcmpV6
            || frame[Ipv6Offset + 7] != 255
            || frame[TypeOffset] != Advertisement
            || frame[IcmpOffset + 1] != 0
            || frame[TargetOffset] == 0xff)
        {
            return false;
        }

        address = frame.Slice(TargetOffset, 16);
        mac = frame.Slice(6, 6);
        var end = Math.Min(frame.Length, IcmpOffset + BinaryPrimitives.ReadUInt16BigEndian(frame[(Ipv6Offset + 4)..]));
        for (var at = OptionOffset; at + 8 <= end;)
        {
            var length = frame[at + 1] * 8;
            if (length == 0)
            {
                return false; // RFC 4861 4.6
            }

            if (frame[at] == 2)
            {
                mac = frame.Slice(at + 2, 6);
            }

            at += length;
        }

        return true;
    }

    private static void WriteHeaders(Span<byte> frame, ReadOnlySpan<byte> toMac, ReadOnlySpan<byte> fromMac, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        frame.Clear();
        toMac.CopyTo(frame);
        fromMac.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherType);
        frame[Ipv6Offset] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(frame[(Ipv6Offset + 4)..], (ushort)(frame.Length - IcmpOffset));
        frame[NextHeaderOffset] = IcmpV6;
        frame[Ipv6Offset + 7] = 255;
        from.CopyTo(frame[22..]);
        to.CopyTo(frame[38..]);
    }

    /// <summary>The checksum over the pseudo header and the message (RFC 4443 2.3, RFC 8200 8.1).</summary>
    private static int Finish(Span<byte> frame)
    {
        uint sum = (uint)(frame.Length - IcmpOffset) + IcmpV6;
        for (var at = 22; at < frame.Length; at += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);
        }

        sum = (sum & 0xffff) + (sum >> 16);
        sum += sum >> 16;
        BinaryPrimitives.WriteUInt16BigEndian(frame[(IcmpOffset + 2)..], (ushort)~sum);
        return frame.Length;
    }
}
