using System.Buffers.Binary;
using Loxi.Nat.Refusals;

namespace Loxi.Nat.Fragments;

/// <summary>
/// Applies a connection's translation to a later fragment: addresses, MACs, TTL or hop limit, IPv4 header checksum. There is no
/// transport header to change; the first fragment carries the transport checksum of the whole datagram. Pure, allocates nothing.
/// </summary>
public static class FragmentRewriter
{
    private const int MacLength = 6;
    private static readonly UInt128 Mapped = 0xffff;

    /// <summary>Rewrites a later fragment.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="translation">What to change.</param>
    /// <param name="output">Receives the frame, at least 8 bytes longer than <paramref name="frame"/>; may not overlap it. Padding is left out.</param>
    /// <param name="length">Bytes written; 0 on failure.</param>
    /// <returns>
    /// False when the frame is no good later fragment, its TTL or hop limit is 1 or less (no ICMP error is due: RFC 1122 3.2.2), or
    /// the translation is of the other family. Nothing is written then.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="output"/> is less than 8 bytes longer than the frame.</exception>
    public static bool TryRewrite(ReadOnlySpan<byte> frame, in FragmentTranslation translation, Span<byte> output, out int length)
    {
        length = 0;
        if (output.Length < frame.Length + (2 * EthernetFrame.TagLength))
        {
            throw new ArgumentException($"The output has {output.Length} bytes, expected at least the {frame.Length} of the frame and 8 for tags.", nameof(output));
        }

        if (FragmentInfo.Read(frame, out var info) != FragmentStatus.Fragment || info.IsFirst)
        {
            return false;
        }

        var hopLimitOffset = info.IsIpv6 ? 7 : 8;
        if (frame[info.NetworkOffset + hopLimitOffset] <= 1
            || IsIpv6(translation.Source) != info.IsIpv6 || IsIpv6(translation.Destination) != info.IsIpv6)
        {
            return false;
        }

        var networkOffset = WriteEthernet(output, translation, info.IsIpv6);
        var ip = output.Slice(networkOffset, info.FrameLength - info.NetworkOffset);
        frame[info.NetworkOffset..info.FrameLength].CopyTo(ip);
        ip[hopLimitOffset]--;
        if (info.IsIpv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(ip[8..], translation.Source);
            BinaryPrimitives.WriteUInt128BigEndian(ip[24..], translation.Destination);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(ip[12..], (uint)translation.Source);
            BinaryPrimitives.WriteUInt32BigEndian(ip[16..], (uint)translation.Destination);
            ip[10..12].Clear();
            var sum = InternetChecksum.Add(0, ip[..((ip[0] & 0xf) * 4)]);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Finish(sum));
        }

        length = networkOffset + ip.Length;
        return true;
    }

    /// <summary>Writes an Ethernet header with tags; returns its length, at most 22 bytes.</summary>
    internal static int WriteEthernet(Span<byte> output, in FragmentTranslation translation, bool isIpv6)
    {
        WriteMac(output, translation.DestinationMac);
        WriteMac(output[MacLength..], translation.SourceMac);
        var offset = 2 * MacLength;
        if (translation.OuterVlan != 0)
        {
            offset = WriteTag(output, offset, translation.InnerVlan != 0 ? EthernetFrame.ServiceTag : EthernetFrame.CustomerTag, translation.OuterVlan);
            if (translation.InnerVlan != 0)
            {
                offset = WriteTag(output, offset, EthernetFrame.CustomerTag, translation.InnerVlan);
            }
        }

        BinaryPrimitives.WriteUInt16BigEndian(output[offset..], isIpv6 ? EthernetFrame.Ipv6 : EthernetFrame.Ipv4);
        return offset + 2;
    }

    private static int WriteTag(Span<byte> output, int offset, ushort type, ushort control)
    {
        BinaryPrimitives.WriteUInt16BigEndian(output[offset..], type);
        BinaryPrimitives.WriteUInt16BigEndian(output[(offset + 2)..], control);
        return offset + EthernetFrame.TagLength;
    }

    internal static bool IsIpv6(UInt128 address) => address >> 32 != Mapped;

    private static void WriteMac(Span<byte> destination, ulong mac)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(mac >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)mac);
    }
}
