using System.Buffers.Binary;
using Loxi.Nat.Refusals;

namespace Loxi.Nat.Translation;

/// <summary>Reads IPv4 headers for <see cref="IpHeader"/>.</summary>
internal static class Ipv4HeaderReader
{
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;

    public static TranslationStatus Read(ReadOnlySpan<byte> packet, bool isQuoted, out IpHeader header)
    {
        header = default;
        if (packet.Length < IpHeader.Ipv4Length)
        {
            return TranslationStatus.Truncated;
        }

        var length = (packet[0] & 0xf) * 4;
        var totalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (length < IpHeader.Ipv4Length || totalLength < length)
        {
            return TranslationStatus.Malformed;
        }

        if (packet.Length < (isQuoted ? length : totalLength))
        {
            return TranslationStatus.Truncated;
        }

        if (!isQuoted && InternetChecksum.Fold(InternetChecksum.Add(0, packet[..length])) != 0xffff)
        {
            return TranslationStatus.BadChecksum;
        }

        if (!isQuoted && HasSourceRoute(packet[IpHeader.Ipv4Length..length]))
        {
            return TranslationStatus.UnsupportedHeaders;
        }

        var fragment = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        var isDontFragment = (fragment & 0x4000) != 0;
        header = new IpHeader
        {
            Length = length,
            TotalLength = totalLength,
            Protocol = packet[9],
            TrafficClass = packet[1],
            HopLimit = packet[8],
            HasIdentification = (fragment & 0x3fff) != 0 || (!isDontFragment && totalLength - length + IpHeader.Ipv6Length > IpHeader.LeastIpv6Mtu),
            Identification = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]),
            FragmentOffset = (fragment & 0x1fff) * 8,
            MoreFragments = (fragment & 0x2000) != 0,
            Source = Mapped(packet[12..]),
            Destination = Mapped(packet[16..]),
        };
        return TranslationStatus.Translated;
    }

    private static UInt128 Mapped(ReadOnlySpan<byte> address) => (UInt128)0xffff_0000_0000 | BinaryPrimitives.ReadUInt32BigEndian(address);

    // RFC 7915 4.1: other options are left out; a source route that is not used up cannot be. One that is cut counts as that.
    private static bool HasSourceRoute(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            if (options[0] == NoOperation)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
            {
                return options[0] is LooseSourceRoute or StrictSourceRoute;
            }

            if (options[0] is LooseSourceRoute or StrictSourceRoute && (options[1] < 3 || options[2] <= options[1]))
            {
                return true;
            }

            options = options[options[1]..];
        }

        return false;
    }
}
