using System.Buffers.Binary;
using Loxi.Nat.Refusals;

namespace Loxi.Nat.Translation;

/// <summary>Writes the header of the other family (RFC 7915 4.1, 5.1, 5.1.1).</summary>
internal static class IpHeaderWriter
{
    // RFC 7915 5.1: an IPv4 packet of up to so many bytes may be fragmented on its way.
    private const int MayFragment = 1260;

    /// <summary>Length of the header that <see cref="Write"/> writes.</summary>
    public static int LengthFor(in IpHeader header) =>
        header.IsIpv6 ? IpHeader.Ipv4Length
        : header.HasIdentification ? IpHeader.Ipv6Length + IpHeader.FragmentHeaderLength
        : IpHeader.Ipv6Length;

    /// <summary>Writes a header.</summary>
    /// <param name="output">Where it goes; at least <see cref="LengthFor"/> bytes.</param>
    /// <param name="header">The header that it takes the place of.</param>
    /// <param name="to">The new addresses, of the other family.</param>
    /// <param name="hopLimit">The new TTL or hop limit.</param>
    /// <param name="upperLength">Bytes of the upper layer.</param>
    /// <param name="identification">IPv4 identification of a packet that brings none.</param>
    /// <returns>False when the packet is too long for the other family.</returns>
    public static bool Write(Span<byte> output, in IpHeader header, in TranslatedTuple to, byte hopLimit, int upperLength, ushort identification)
    {
        var length = LengthFor(header);
        var stated = header.IsIpv6 ? length + upperLength : length + upperLength - IpHeader.Ipv6Length;
        if (stated > ushort.MaxValue)
        {
            return false;
        }

        output[..length].Clear();
        if (header.IsIpv6)
        {
            WriteIpv4(output[..length], header, to, hopLimit, stated, identification);
        }
        else
        {
            WriteIpv6(output[..length], header, to, hopLimit, stated);
        }

        return true;
    }

    private static void WriteIpv4(Span<byte> output, in IpHeader header, in TranslatedTuple to, byte hopLimit, int totalLength, ushort identification)
    {
        const ushort dontFragment = 0x4000;
        const ushort moreFragments = 0x2000;
        output[0] = (4 << 4) | (IpHeader.Ipv4Length / 4);
        output[1] = header.TrafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(output[2..], (ushort)totalLength);
        BinaryPrimitives.WriteUInt16BigEndian(output[4..], header.HasIdentification ? (ushort)header.Identification : identification);
        var fragment = header.HasIdentification
            ? (ushort)((header.FragmentOffset / 8) | (header.MoreFragments ? moreFragments : 0))
            : totalLength > MayFragment ? dontFragment : (ushort)0;
        BinaryPrimitives.WriteUInt16BigEndian(output[6..], fragment);
        output[8] = hopLimit;
        output[9] = header.Protocol == RefusalRules.Icmpv6 ? RefusalRules.Icmp : header.Protocol;
        BinaryPrimitives.WriteUInt32BigEndian(output[12..], (uint)to.Source);
        BinaryPrimitives.WriteUInt32BigEndian(output[16..], (uint)to.Destination);
        BinaryPrimitives.WriteUInt16BigEndian(output[10..], InternetChecksum.Finish(InternetChecksum.Add(0, output)));
    }

    private static void WriteIpv6(Span<byte> output, in IpHeader header, in TranslatedTuple to, byte hopLimit, int payloadLength)
    {
        const byte fragmentHeader = 44;
        var protocol = header.Protocol == RefusalRules.Icmp ? RefusalRules.Icmpv6 : header.Protocol;
        BinaryPrimitives.WriteUInt32BigEndian(output, (6u << 28) | ((uint)header.TrafficClass << 20));
        BinaryPrimitives.WriteUInt16BigEndian(output[4..], (ushort)payloadLength);
        output[6] = header.HasIdentification ? fragmentHeader : protocol;
        output[7] = hopLimit;
        BinaryPrimitives.WriteUInt128BigEndian(output[8..], to.Source);
        BinaryPrimitives.WriteUInt128BigEndian(output[24..], to.Destination);
        if (header.HasIdentification)
        {
            var extension = output[IpHeader.Ipv6Length..];
            extension[0] = protocol;
            BinaryPrimitives.WriteUInt16BigEndian(extension[2..], (ushort)(header.FragmentOffset | (header.MoreFragments ? 1 : 0)));
            BinaryPrimitives.WriteUInt32BigEndian(extension[4..], header.Identification);
        }
    }
}
