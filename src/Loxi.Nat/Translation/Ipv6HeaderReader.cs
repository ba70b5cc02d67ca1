using System.Buffers.Binary;

namespace Loxi.Nat.Translation;

/// <summary>Reads IPv6 headers with their extension headers for <see cref="IpHeader"/>.</summary>
internal static class Ipv6HeaderReader
{
    private const int MaxExtensionHeaders = 8;
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte DestinationOptions = 60;

    public static TranslationStatus Read(ReadOnlySpan<byte> packet, bool isQuoted, out IpHeader header)
    {
        header = default;
        if (packet.Length < IpHeader.Ipv6Length)
        {
            return TranslationStatus.Truncated;
        }

        var totalLength = IpHeader.Ipv6Length + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (!isQuoted && packet.Length < totalLength)
        {
            return TranslationStatus.Truncated;
        }

        var found = new IpHeader
        {
            IsIpv6 = true,
            Length = IpHeader.Ipv6Length,
            TotalLength = totalLength,
            Protocol = packet[6],
            TrafficClass = (byte)(BinaryPrimitives.ReadUInt16BigEndian(packet) >> 4),
            HopLimit = packet[7],
            Source = BinaryPrimitives.ReadUInt128BigEndian(packet[8..]),
            Destination = BinaryPrimitives.ReadUInt128BigEndian(packet[24..]),
        };
        var status = Walk(packet, ref found);
        header = status == TranslationStatus.Translated ? found : default;
        return status;
    }

    private static TranslationStatus Walk(ReadOnlySpan<byte> packet, ref IpHeader header)
    {
        for (var count = 0; header.Protocol is HopByHop or Routing or Fragment or DestinationOptions; count++)
        {
            if (count == MaxExtensionHeaders)
            {
                return TranslationStatus.UnsupportedHeaders;
            }

            if (header.Length + 8 > header.TotalLength)
            {
                return TranslationStatus.Malformed;
            }

            if (packet.Length < header.Length + 8)
            {
                return TranslationStatus.Truncated;
            }

            var extension = packet[header.Length..];
            if (header.Protocol == Fragment)
            {
                return ReadFragment(extension, ref header);
            }

            // RFC 7915 5.1: a routing header that is used up is left out like the others.
            if (header.Protocol == Routing && extension[3] != 0)
            {
                return TranslationStatus.UnsupportedHeaders;
            }

            header = header with { Protocol = extension[0], Length = header.Length + ((extension[1] + 1) * 8) };
            if (header.Length > header.TotalLength)
            {
                return TranslationStatus.Malformed;
            }

            if (header.Length > packet.Length)
            {
                return TranslationStatus.Truncated;
            }
        }

        return TranslationStatus.Translated;
    }

    private static TranslationStatus ReadFragment(ReadOnlySpan<byte> extension, ref IpHeader header)
    {
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(extension[2..]);
        header = header with
        {
            Protocol = extension[0],
            Length = header.Length + IpHeader.FragmentHeaderLength,
            HasIdentification = true,
            Identification = BinaryPrimitives.ReadUInt32BigEndian(extension[4..]),
            FragmentOffset = fragment & 0xfff8,
            MoreFragments = (fragment & 1) != 0,
        };

        // They are part of what was fragmented: leaving them out would move everything behind them.
        return header.Protocol is HopByHop or Routing or Fragment or DestinationOptions
            ? TranslationStatus.UnsupportedHeaders
            : TranslationStatus.Translated;
    }
}
