using System.Buffers.Binary;

namespace Loxi.Nat.Refusals;

/// <summary>Where things are in a refused packet. Made from hostile bytes: every offset is checked before it is used.</summary>
internal readonly struct RefusedPacket
{
    private const int MaxExtensionHeaders = 8;
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte FragmentHeader = 44;
    private const byte Authentication = 51;
    private const byte DestinationOptions = 60;

    public int NetworkOffset { get; private init; }

    public int TransportOffset { get; private init; }

    public bool IsIpv6 { get; private init; }

    public byte Protocol { get; private init; }

    public bool IsFirstFragment { get; private init; }

    public bool DontFragment { get; private init; }

    /// <summary>Bytes of the transport header and payload by the length that the network header states.</summary>
    public int TransportLength { get; private init; }

    /// <summary>Offset behind the last byte of the packet that is at hand; Ethernet padding is left out.</summary>
    public int End { get; private init; }

    /// <summary>Whether all bytes of the packet are at hand.</summary>
    public bool IsComplete => End - TransportOffset == TransportLength;

    public int AddressLength => IsIpv6 ? 16 : 4;

    public int SourceOffset => NetworkOffset + (IsIpv6 ? 8 : 12);

    public int DestinationOffset => SourceOffset + AddressLength;

    public static RefusalSkip Parse(ReadOnlySpan<byte> frame, out RefusedPacket packet)
    {
        packet = default;
        if (!EthernetFrame.TryParse(frame, out var etherType, out var offset))
        {
            return RefusalSkip.Truncated;
        }

        return etherType switch
        {
            EthernetFrame.Ipv4 => ParseIpv4(frame, offset, out packet),
            EthernetFrame.Ipv6 => ParseIpv6(frame, offset, out packet),
            _ => RefusalSkip.NotIp,
        };
    }

    private static RefusalSkip ParseIpv4(ReadOnlySpan<byte> frame, int offset, out RefusedPacket packet)
    {
        packet = default;
        var ip = frame[offset..];
        if (ip.Length < 20)
        {
            return RefusalSkip.Truncated;
        }

        var headerLength = (ip[0] & 0xf) * 4;
        var totalLength = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (ip[0] >> 4 != 4 || headerLength < 20 || totalLength < headerLength)
        {
            return RefusalSkip.Malformed;
        }

        if (ip.Length < headerLength)
        {
            return RefusalSkip.Truncated;
        }

        if (InternetChecksum.Fold(InternetChecksum.Add(0, ip[..headerLength])) != 0xffff)
        {
            return RefusalSkip.BadChecksum;
        }

        var fragment = BinaryPrimitives.ReadUInt16BigEndian(ip[6..]);
        if ((fragment & 0x1fff) != 0)
        {
            return RefusalSkip.Fragment;
        }

        packet = new RefusedPacket
        {
            NetworkOffset = offset,
            TransportOffset = offset + headerLength,
            Protocol = ip[9],
            IsFirstFragment = (fragment & 0x2000) != 0,
            DontFragment = (fragment & 0x4000) != 0,
            TransportLength = totalLength - headerLength,
            End = Math.Min(frame.Length, offset + totalLength),
        };
        return RefusalSkip.None;
    }

    private static RefusalSkip ParseIpv6(ReadOnlySpan<byte> frame, int offset, out RefusedPacket packet)
    {
        packet = default;
        var ip = frame[offset..];
        if (ip.Length < 40)
        {
            return RefusalSkip.Truncated;
        }

        var payloadLength = BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        if (ip[0] >> 4 != 6)
        {
            return RefusalSkip.Malformed;
        }

        if (payloadLength == 0 && ip[6] == HopByHop)
        {
            return RefusalSkip.UnsupportedHeaders;
        }

        var totalLength = 40 + payloadLength;
        var why = WalkExtensionHeaders(ip, totalLength, out var protocol, out var transport, out var isFragment);
        if (why != RefusalSkip.None)
        {
            return why;
        }

        packet = new RefusedPacket
        {
            NetworkOffset = offset,
            TransportOffset = offset + transport,
            IsIpv6 = true,
            Protocol = protocol,
            IsFirstFragment = isFragment,
            DontFragment = true,
            TransportLength = totalLength - transport,
            End = Math.Min(frame.Length, offset + totalLength),
        };
        return RefusalSkip.None;
    }

    private static RefusalSkip WalkExtensionHeaders(
        ReadOnlySpan<byte> ip, int totalLength, out byte protocol, out int offset, out bool isFragment)
    {
        protocol = ip[6];
        offset = 40;
        isFragment = false;
        for (var count = 0; protocol is HopByHop or Routing or FragmentHeader or Authentication or DestinationOptions; count++)
        {
            if (protocol == Routing || count == MaxExtensionHeaders)
            {
                return RefusalSkip.UnsupportedHeaders;
            }

            if (ip.Length < offset + 8)
            {
                return RefusalSkip.Truncated;
            }

            var header = ip[offset..];
            var length = protocol switch
            {
                FragmentHeader => 8,
                Authentication => (header[1] + 2) * 4,
                _ => (header[1] + 1) * 8,
            };
            if (protocol == FragmentHeader)
            {
                var fragment = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
                if ((fragment & 0xfff8) != 0)
                {
                    return RefusalSkip.Fragment;
                }

                isFragment |= (fragment & 1) != 0;
            }

            protocol = header[0];
            offset += length;
            if (offset > totalLength)
            {
                return RefusalSkip.Malformed;
            }

            if (offset > ip.Length)
            {
                return RefusalSkip.Truncated;
            }
        }

        return RefusalSkip.None;
    }
}
