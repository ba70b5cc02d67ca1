using System.Buffers.Binary;

namespace Loxi.Ha.Announce.Wire;

/// <summary>ARP for IPv4 on Ethernet (RFC 826), with the link-layer header: 42 bytes.</summary>
internal static class ArpFrame
{
    internal const int Size = 42;
    internal const ushort EtherType = 0x0806;

    private const int HeaderSize = 14;
    private const ushort Request = 1;
    private const ushort Reply = 2;

    /// <summary>Gratuitous request: sender and target are the address, the target's link-layer address is not used (RFC 5227 3, RFC 5944 4.6).</summary>
    internal static int WriteAnnouncement(Span<byte> frame, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> address) =>
        Write(frame, Request, mac, address, [0, 0, 0, 0, 0, 0], address);

    /// <summary>Gratuitous reply: the target's link-layer address is the sender's, without which Linux does not take it for gratuitous (RFC 5944 4.6).</summary>
    internal static int WriteReply(Span<byte> frame, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> address) =>
        Write(frame, Reply, mac, address, mac, address);

    /// <summary>A probe: the sender's address is 0, so that no cache learns from it (RFC 5227 2.1.1).</summary>
    internal static int WriteProbe(Span<byte> frame, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> address) =>
        Write(frame, Request, mac, [0, 0, 0, 0], [0, 0, 0, 0, 0, 0], address);

    /// <summary>A question of a neighbour for another one (RFC 826). Without an own address, all octets 0, it is a probe.</summary>
    internal static int WriteRequest(Span<byte> frame, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> sender, ReadOnlySpan<byte> target) =>
        Write(frame, Request, mac, sender, [0, 0, 0, 0, 0, 0], target);

    /// <summary>Reads whose address a packet says to be where. False for what is not ARP for IPv4, and for probes, which claim nothing yet.</summary>
    internal static bool TryReadClaim(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> mac, out ReadOnlySpan<byte> address)
    {
        mac = address = default;
        if (frame.Length < Size
            || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != EtherType
            || !frame.Slice(HeaderSize, 6).SequenceEqual<byte>([0, 1, 8, 0, 6, 4])
            || BinaryPrimitives.ReadUInt16BigEndian(frame[20..]) is not (Request or Reply))
        {
            return false;
        }

        mac = frame.Slice(22, 6);
        address = frame.Slice(28, 4);
        return address.ContainsAnyExcept((byte)0);
    }

    private static int Write(Span<byte> frame, ushort operation, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> sender, ReadOnlySpan<byte> targetMac, ReadOnlySpan<byte> target)
    {
        frame[..6].Fill(0xff);
        mac.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherType);
        ReadOnlySpan<byte> ethernetAndIpv4 = [0, 1, 8, 0, 6, 4];
        ethernetAndIpv4.CopyTo(frame[HeaderSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[20..], operation);
        mac.CopyTo(frame[22..]);
        sender.CopyTo(frame[28..]);
        targetMac.CopyTo(frame[32..]);
        target.CopyTo(frame[38..]);
        return Size;
    }
}
