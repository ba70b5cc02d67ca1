using System.Buffers.Binary;
using Loxi.Nat.Refusals;

namespace Loxi.Nat.Translation;

/// <summary>Ports, identifiers and checksums of the upper layer when the addresses change their family (RFC 7915 4.5, 5.5).</summary>
internal static class TransportRewriter
{
    public const int UdpHeaderLength = 8;
    public const int TcpHeaderLength = 20;
    public const int SctpHeaderLength = 12;
    private const int UdpChecksum = 6;
    private const int TcpChecksum = 16;
    private const int IcmpChecksum = 2;

    /// <summary>Whether an upper layer has ports that this class knows to rewrite.</summary>
    public static bool HasPorts(byte protocol) => protocol is RefusalRules.Tcp or RefusalRules.Udp or RefusalRules.Sctp;

    /// <summary>Rewrites the head of a TCP segment, a UDP datagram or an SCTP packet.</summary>
    /// <param name="upper">The upper layer of a whole packet or first fragment.</param>
    /// <param name="header">The header that was before it.</param>
    /// <param name="to">Its new addresses and ports.</param>
    public static TranslationStatus Rewrite(Span<byte> upper, in IpHeader header, in TranslatedTuple to)
    {
        var least = header.Protocol switch { RefusalRules.Tcp => TcpHeaderLength, RefusalRules.Sctp => SctpHeaderLength, _ => UdpHeaderLength };
        if (upper.Length < least)
        {
            return TranslationStatus.Malformed;
        }

        if (header.Protocol == RefusalRules.Sctp)
        {
            return RewriteSctp(upper, header, to);
        }

        if (header.Protocol == RefusalRules.Udp && BinaryPrimitives.ReadUInt16BigEndian(upper[UdpChecksum..]) == 0)
        {
            return header.IsIpv6 || header.IsFragment ? TranslationStatus.UdpWithoutChecksum : FillUdpChecksum(upper, to);
        }

        if (IsLeftToDevice(upper, header, out var length))
        {
            WritePorts(upper, to);
            WriteChecksum(upper[..length], header.Protocol, Addresses(to));
            return TranslationStatus.Translated;
        }

        RewriteQuoted(upper, header, to);
        return TranslationStatus.Translated;
    }

    /// <summary>
    /// Computes the checksum that the sender of a whole packet has left to its device (CHECKSUM_PARTIAL, usual on veth): in pieces of it no
    /// device can do that any more. Any other stays as it is.
    /// </summary>
    /// <param name="upper">The upper layer.</param>
    /// <param name="header">The header before it.</param>
    public static void CompleteChecksum(Span<byte> upper, in IpHeader header)
    {
        if (header.IsFragment)
        {
            return;
        }

        if (header.Protocol == RefusalRules.Sctp)
        {
            if (upper.Length >= SctpHeaderLength && Crc32C.Field(upper) == 0)
            {
                Crc32C.Write(upper);
            }
        }
        else if (IsLeftToDevice(upper, header, out var length))
        {
            WriteChecksum(upper[..length], header.Protocol, Addresses(header));
        }
    }

    /// <summary>Rewrites what there is of an upper layer with ports that an ICMP error quotes; at least those.</summary>
    public static void RewriteQuoted(Span<byte> upper, in IpHeader header, in TranslatedTuple to)
    {
        var old = Addresses(header) + BinaryPrimitives.ReadUInt32BigEndian(upper);
        WritePorts(upper, to);
        var offset = header.Protocol == RefusalRules.Tcp ? TcpChecksum : UdpChecksum;
        if (header.Protocol == RefusalRules.Sctp || upper.Length < offset + 2)
        {
            return;
        }

        var checksum = BinaryPrimitives.ReadUInt16BigEndian(upper[offset..]);
        if (header.Protocol == RefusalRules.Udp && checksum == 0)
        {
            return;
        }

        checksum = Adjust(checksum, old, Addresses(to) + BinaryPrimitives.ReadUInt32BigEndian(upper));
        BinaryPrimitives.WriteUInt16BigEndian(upper[offset..], header.Protocol == RefusalRules.Udp && checksum == 0 ? ushort.MaxValue : checksum);
    }

    /// <summary>Rewrites the head of an echo request or its answer, of which the rest may be missing; false for any other message.</summary>
    public static bool TryRewriteEcho(Span<byte> upper, in IpHeader header, in TranslatedTuple to)
    {
        if (IcmpMapping.Query(header.IsIpv6, upper[0]) is not { } type || upper[1] != 0)
        {
            return false;
        }

        var length = header.TotalLength - header.Length;
        var old = (header.IsIpv6 ? Pseudo(Addresses(header), length) : 0) + Words(upper);
        upper[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(upper[4..], IcmpMapping.IsRequest(type) ? to.SourcePort : to.DestinationPort);
        var changed = (to.IsIpv6 ? Pseudo(Addresses(to), length) : 0) + Words(upper);
        BinaryPrimitives.WriteUInt16BigEndian(upper[IcmpChecksum..], Adjust(BinaryPrimitives.ReadUInt16BigEndian(upper[IcmpChecksum..]), old, changed));
        return true;
    }

    /// <summary>Computes the checksum of an ICMP message anew.</summary>
    public static void WriteIcmpChecksum(Span<byte> message, in TranslatedTuple to)
    {
        message.Slice(IcmpChecksum, 2).Clear();
        var sum = to.IsIpv6 ? Pseudo(Addresses(to), message.Length) : 0;
        BinaryPrimitives.WriteUInt16BigEndian(message[IcmpChecksum..], InternetChecksum.Finish(InternetChecksum.Add(sum, message)));
    }

    /// <summary>Whether the checksum of a whole ICMP message is right.</summary>
    public static bool IcmpChecksumIsRight(ReadOnlySpan<byte> message, in IpHeader header)
    {
        var sum = header.IsIpv6 ? Pseudo(Addresses(header), message.Length) : 0;
        return InternetChecksum.Fold(InternetChecksum.Add(sum, message)) == 0xffff;
    }

    // The checksum does not cover the addresses (RFC 9260 6.8).
    private static TranslationStatus RewriteSctp(Span<byte> upper, in IpHeader header, in TranslatedTuple to)
    {
        if (header.IsFragment)
        {
            return BinaryPrimitives.ReadUInt16BigEndian(upper) == to.SourcePort && BinaryPrimitives.ReadUInt16BigEndian(upper[2..]) == to.DestinationPort
                ? TranslationStatus.Translated
                : TranslationStatus.FragmentedSctp;
        }

        // 0 is what a sender leaves there whose device computes the sum (veth).
        var checksum = Crc32C.Field(upper);
        if (checksum != 0 && checksum != Crc32C.OfPacket(upper))
        {
            return TranslationStatus.BadChecksum;
        }

        WritePorts(upper, to);
        Crc32C.Write(upper);
        return TranslationStatus.Translated;
    }

    private static TranslationStatus FillUdpChecksum(Span<byte> upper, in TranslatedTuple to)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(upper[4..]);
        if (length < UdpHeaderLength || length > upper.Length)
        {
            return TranslationStatus.Malformed;
        }

        WritePorts(upper, to);
        WriteChecksum(upper[..length], RefusalRules.Udp, Addresses(to));
        return TranslationStatus.Translated;
    }

    /// <summary>
    /// Whether TCP or UDP has the sum of the pseudo header where its checksum belongs. Who has both alike by chance loses nothing: the right
    /// one is computed once more.
    /// </summary>
    private static bool IsLeftToDevice(ReadOnlySpan<byte> upper, in IpHeader header, out int length)
    {
        length = upper.Length;
        var isUdp = header.Protocol == RefusalRules.Udp;
        if (header.IsFragment || !(isUdp || header.Protocol == RefusalRules.Tcp) || length < (isUdp ? UdpHeaderLength : TcpHeaderLength))
        {
            return false;
        }

        if (isUdp)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(upper[4..]);
            if (length < UdpHeaderLength || length > upper.Length)
            {
                return false;
            }
        }

        var field = BinaryPrimitives.ReadUInt16BigEndian(upper[(isUdp ? UdpChecksum : TcpChecksum)..]);
        return field == InternetChecksum.Fold(Addresses(header) + header.Protocol + (uint)length);
    }

    private static void WriteChecksum(Span<byte> upper, byte protocol, ulong addresses)
    {
        var field = upper.Slice(protocol == RefusalRules.Udp ? UdpChecksum : TcpChecksum, 2);
        field.Clear();
        var checksum = InternetChecksum.Finish(InternetChecksum.Add(addresses + protocol + (uint)upper.Length, upper));
        BinaryPrimitives.WriteUInt16BigEndian(field, protocol == RefusalRules.Udp && checksum == 0 ? ushort.MaxValue : checksum);
    }

    private static void WritePorts(Span<byte> upper, in TranslatedTuple to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(upper, to.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(upper[2..], to.DestinationPort);
    }

    // RFC 1624 3: HC' = ~(~HC + ~m + m')
    private static ushort Adjust(ushort checksum, ulong old, ulong changed) =>
        InternetChecksum.Finish((ulong)(ushort)~checksum + (ushort)~InternetChecksum.Fold(old) + InternetChecksum.Fold(changed));

    // Type and code, and the identifier: what changes of an echo.
    private static ulong Words(ReadOnlySpan<byte> upper) => (ulong)BinaryPrimitives.ReadUInt16BigEndian(upper) + BinaryPrimitives.ReadUInt16BigEndian(upper[4..]);

    private static ulong Pseudo(ulong addresses, int length) => addresses + RefusalRules.Icmpv6 + (uint)length;

    private static ulong Addresses(in IpHeader header) => header.IsIpv6 ? Sum(header.Source) + Sum(header.Destination) : Sum4(header.Source) + Sum4(header.Destination);

    private static ulong Addresses(in TranslatedTuple to) => to.IsIpv6 ? Sum(to.Source) + Sum(to.Destination) : Sum4(to.Source) + Sum4(to.Destination);

    private static ulong Sum(UInt128 address)
    {
        var (high, low) = ((ulong)(address >> 64), (ulong)address);
        return (high >> 32) + (uint)high + (low >> 32) + (uint)low;
    }

    private static ulong Sum4(UInt128 mapped) => (uint)mapped;
}
