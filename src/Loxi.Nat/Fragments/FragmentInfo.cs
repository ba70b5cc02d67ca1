using System.Buffers.Binary;
using Loxi.Nat.Refusals;

namespace Loxi.Nat.Fragments;

/// <summary>What an Ethernet frame with an IP fragment says about itself. Made from hostile bytes, never throws.</summary>
public readonly record struct FragmentInfo
{
    /// <summary>Least payload in bytes of a fragment that is not the last. A path with an MTU below 84 makes smaller ones, which are refused.</summary>
    public const int MinPayload = 64;

    private const int MaxExtensionHeaders = 8;

    /// <summary>The datagram that the fragment belongs to.</summary>
    public FragmentKey Key { get; private init; }

    /// <summary>Where the fragment's payload begins in the datagram, in bytes; 0 for the first fragment.</summary>
    public int Offset { get; private init; }

    /// <summary>Bytes of payload.</summary>
    public int PayloadLength { get; private init; }

    /// <summary>Whether more fragments follow.</summary>
    public bool MoreFragments { get; private init; }

    /// <summary>Whether the packet is IPv6.</summary>
    public bool IsIpv6 { get; private init; }

    /// <summary>Whether this is the first fragment, the one with the transport header.</summary>
    public bool IsFirst => Offset == 0;

    /// <summary>Offset of the IP header in the frame: 14 plus 4 per VLAN tag.</summary>
    internal int NetworkOffset { get; private init; }

    /// <summary>Length of the frame without padding behind the packet.</summary>
    internal int FrameLength { get; private init; }

    /// <summary>Reads a frame.</summary>
    /// <param name="frame">The whole Ethernet frame: 0 to 2 VLAN tags (0x8100, 0x88A8), IPv4 or IPv6.</param>
    /// <param name="info">The fragment; default unless the result is <see cref="FragmentStatus.Fragment"/>.</param>
    /// <returns><see cref="FragmentStatus.Fragment"/>, or why it is none.</returns>
    public static FragmentStatus Read(ReadOnlySpan<byte> frame, out FragmentInfo info)
    {
        info = default;
        if (!EthernetFrame.TryParse(frame, out var etherType, out var offset))
        {
            return FragmentStatus.Truncated;
        }

        FragmentInfo found;
        var status = etherType switch
        {
            EthernetFrame.Ipv4 => ReadIpv4(frame[offset..], offset, out found),
            EthernetFrame.Ipv6 => ReadIpv6(frame[offset..], offset, out found),
            _ => NotIp(out found),
        };
        if (status == FragmentStatus.Fragment)
        {
            status = CheckSize(found, etherType == EthernetFrame.Ipv4 ? found.Key.Protocol : frame[found.FrameLength - found.PayloadLength - 8]);
        }

        info = status == FragmentStatus.Fragment ? found : default;
        return status;
    }

    private static FragmentStatus NotIp(out FragmentInfo info)
    {
        info = default;
        return FragmentStatus.NotIp;
    }

    private static FragmentStatus CheckSize(in FragmentInfo info, byte protocol)
    {
        if (info.PayloadLength == 0
            || (info.MoreFragments && info.PayloadLength % 8 != 0)
            || info.Offset + info.PayloadLength > 65535)
        {
            return FragmentStatus.Malformed;
        }

        return (info.MoreFragments && info.PayloadLength < MinPayload) || (info.Offset is > 0 and < 20 && protocol == RefusalRules.Tcp)
            ? FragmentStatus.Tiny
            : FragmentStatus.Fragment;
    }

    private static FragmentStatus ReadIpv4(ReadOnlySpan<byte> ip, int offset, out FragmentInfo info)
    {
        info = default;
        if (ip.Length < 20)
        {
            return FragmentStatus.Truncated;
        }

        var headerLength = (ip[0] & 0xf) * 4;
        var totalLength = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (ip[0] >> 4 != 4 || headerLength < 20 || totalLength < headerLength)
        {
            return FragmentStatus.Malformed;
        }

        if (ip.Length < totalLength)
        {
            return FragmentStatus.Truncated;
        }

        if (InternetChecksum.Fold(InternetChecksum.Add(0, ip[..headerLength])) != 0xffff)
        {
            return FragmentStatus.BadChecksum;
        }

        var fragment = BinaryPrimitives.ReadUInt16BigEndian(ip[6..]);
        if ((fragment & 0x3fff) == 0)
        {
            return FragmentStatus.Whole;
        }

        var mapped = (UInt128)0xffff00000000;
        info = new FragmentInfo
        {
            Key = new FragmentKey(
                mapped | BinaryPrimitives.ReadUInt32BigEndian(ip[12..]),
                mapped | BinaryPrimitives.ReadUInt32BigEndian(ip[16..]),
                BinaryPrimitives.ReadUInt16BigEndian(ip[4..]),
                ip[9]),
            Offset = (fragment & 0x1fff) * 8,
            PayloadLength = totalLength - headerLength,
            MoreFragments = (fragment & 0x2000) != 0,
            NetworkOffset = offset,
            FrameLength = offset + totalLength,
        };
        return FragmentStatus.Fragment;
    }

    private static FragmentStatus ReadIpv6(ReadOnlySpan<byte> ip, int offset, out FragmentInfo info)
    {
        info = default;
        if (ip.Length < 40)
        {
            return FragmentStatus.Truncated;
        }

        if (ip[0] >> 4 != 6)
        {
            return FragmentStatus.Malformed;
        }

        var totalLength = 40 + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        if (ip.Length < totalLength)
        {
            return FragmentStatus.Truncated;
        }

        var next = ip[6];
        var position = 40;
        for (var count = 0; next is 0 or 60; count++)
        {
            if (count == MaxExtensionHeaders)
            {
                return FragmentStatus.UnsupportedHeaders;
            }

            if (position + 8 > totalLength)
            {
                return FragmentStatus.Malformed;
            }

            next = ip[position];
            position += (ip[position + 1] + 1) * 8;
        }

        if (next != 44)
        {
            return next == 43 ? FragmentStatus.UnsupportedHeaders : FragmentStatus.Whole;
        }

        if (position + 8 > totalLength)
        {
            return FragmentStatus.Malformed;
        }

        var fragment = BinaryPrimitives.ReadUInt16BigEndian(ip[(position + 2)..]);
        if ((fragment & 0xfff9) == 0)
        {
            // An atomic fragment (RFC 6946): a whole packet.
            return FragmentStatus.Whole;
        }

        info = new FragmentInfo
        {
            Key = new FragmentKey(
                BinaryPrimitives.ReadUInt128BigEndian(ip[8..]),
                BinaryPrimitives.ReadUInt128BigEndian(ip[24..]),
                BinaryPrimitives.ReadUInt32BigEndian(ip[(position + 4)..]),
                0),
            Offset = fragment & 0xfff8,
            PayloadLength = totalLength - position - 8,
            MoreFragments = (fragment & 1) != 0,
            IsIpv6 = true,
            NetworkOffset = offset,
            FrameLength = offset + totalLength,
        };
        return FragmentStatus.Fragment;
    }
}
