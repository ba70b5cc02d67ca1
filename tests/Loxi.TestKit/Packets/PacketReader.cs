using System.Buffers.Binary;
using System.Net;

namespace Loxi.TestKit.Packets;

/// <summary>Fills a <see cref="ParsedPacket"/> from its bytes; stops where they end.</summary>
internal sealed class PacketReader(ParsedPacket packet)
{
    private readonly ReadOnlyMemory<byte> _bytes = packet.Bytes;

    private ReadOnlySpan<byte> Span => _bytes.Span;

    internal void Read(bool ethernet)
    {
        var at = 0;
        if (ethernet)
        {
            if (_bytes.Length < 14)
            {
                return;
            }

            packet.DestinationMac = Mac(Span[..6]);
            packet.SourceMac = Mac(Span[6..12]);
            at = ReadTags(12);
        }
        else if (_bytes.Length > 0)
        {
            packet.EtherType = (ushort)(Span[0] >> 4 == 6 ? 0x86dd : 0x0800);
        }

        if (packet.IsV4)
        {
            ReadV4(at);
        }
        else if (packet.IsV6)
        {
            ReadV6(at);
        }
        else if (packet.IsArp && _bytes.Length >= at + 28)
        {
            packet.Source = new IPAddress(Span.Slice(at + 14, 4));
            packet.Destination = new IPAddress(Span.Slice(at + 24, 4));
        }
    }

    internal static string Mac(ReadOnlySpan<byte> bytes) => string.Join(':', bytes.ToArray().Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(Span[at..]);

    private uint U32(int at) => BinaryPrimitives.ReadUInt32BigEndian(Span[at..]);

    private int ReadTags(int at)
    {
        var tags = new List<(ushort, ushort)>();
        var type = U16(at);
        at += 2;
        while (type is 0x8100 or 0x88a8 && _bytes.Length >= at + 4)
        {
            tags.Add((type, U16(at)));
            type = U16(at + 2);
            at += 4;
        }

        packet.Vlans = tags;
        packet.EtherType = type;
        return at;
    }

    private void ReadV4(int at)
    {
        if (_bytes.Length < at + 20)
        {
            return;
        }

        var header = (Span[at] & 0xf) * 4;
        packet.IpOffset = at;
        packet.TrafficClass = Span[at + 1];
        packet.IpLength = U16(at + 2);
        packet.Identification = U16(at + 4);
        var fragment = U16(at + 6);
        packet.DontFragment = (fragment & 0x4000) != 0;
        packet.MoreFragments = (fragment & 0x2000) != 0;
        packet.FragmentOffset = (fragment & 0x1fff) * 8;
        packet.Ttl = Span[at + 8];
        packet.Protocol = Span[at + 9];
        packet.Source = new IPAddress(Span.Slice(at + 12, 4));
        packet.Destination = new IPAddress(Span.Slice(at + 16, 4));
        if (header >= 20 && _bytes.Length >= at + header)
        {
            packet.IpChecksumValid = Checksum.Internet(Span.Slice(at, header)) == 0;
            ReadTransport(at + header);
        }
    }

    private void ReadV6(int at)
    {
        if (_bytes.Length < at + 40)
        {
            return;
        }

        packet.IpOffset = at;
        packet.IpChecksumValid = true;
        packet.TrafficClass = (byte)(U16(at) >> 4);
        packet.IpLength = 40 + U16(at + 4);
        packet.Ttl = Span[at + 7];
        packet.Source = new IPAddress(Span.Slice(at + 8, 16));
        packet.Destination = new IPAddress(Span.Slice(at + 24, 16));
        var next = Span[at + 6];
        var extensions = new List<byte>();
        at += 40;
        while (next is IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.DestinationOptions or IpProtocol.Fragment or IpProtocol.AuthenticationHeader
            && _bytes.Length >= at + 8)
        {
            extensions.Add(next);
            var length = next switch
            {
                IpProtocol.Fragment => 8,
                IpProtocol.AuthenticationHeader => (Span[at + 1] + 2) * 4,
                _ => (Span[at + 1] + 1) * 8,
            };
            if (next == IpProtocol.Fragment)
            {
                packet.FragmentOffset = U16(at + 2) & 0xfff8;
                packet.MoreFragments = (U16(at + 2) & 1) != 0;
                packet.Identification = U32(at + 4);
            }

            next = Span[at];
            at += length;
        }

        packet.Extensions = extensions;
        packet.Protocol = next;
        ReadTransport(at);
    }

    private void ReadTransport(int at)
    {
        var end = Math.Min(_bytes.Length, packet.IpOffset + packet.IpLength);
        if (at > end)
        {
            return;
        }

        packet.TransportOffset = at;
        packet.Payload = _bytes[at..end];
        if (packet.FragmentOffset > 0)
        {
            return;
        }

        var length = end - at;
        if (packet.IsTcp || packet.IsUdp || packet.IsSctp)
        {
            // What an ICMP error embeds may end after these first eight bytes.
            if (length >= 4)
            {
                packet.SourcePort = U16(at);
                packet.DestinationPort = U16(at + 2);
            }
        }

        if (packet.IsTcp)
        {
            ReadTcp(at, length);
        }
        else if (packet.IsUdp && length >= 8)
        {
            packet.Payload = _bytes[(at + 8)..end];
            packet.TransportChecksum = U16(at + 6);
        }
        else if (packet.IsIcmp && length >= 8)
        {
            ReadIcmp(at, end);
        }
        else if (packet.IsIpip)
        {
            packet.Inner = new ParsedPacket(packet.Payload, ethernet: false);
        }
        else if (packet.IsSctp && length >= 12)
        {
            packet.Payload = _bytes[(at + 12)..end];
            packet.VerificationTag = U32(at + 4);
            packet.Chunks = SctpChunk.Read(packet.Payload);
            packet.TransportChecksum = BinaryPrimitives.ReadUInt32LittleEndian(Span[(at + 8)..]);
        }

        if (!packet.IsFragment && end == packet.IpOffset + packet.IpLength)
        {
            packet.TransportChecksumValid = Verify(Span[at..end]);
        }
    }

    private void ReadTcp(int at, int length)
    {
        if (length >= 8)
        {
            packet.Sequence = U32(at + 4);
        }

        if (length < 20)
        {
            packet.Payload = default;
            return;
        }

        packet.Acknowledgement = U32(at + 8);
        packet.TcpFlags = (TcpBits)Span[at + 13];
        packet.Window = U16(at + 14);
        packet.TransportChecksum = U16(at + 16);
        var header = Math.Clamp(Span[at + 12] >> 4 << 2, 20, length);
        packet.TcpOptions = _bytes.Slice(at + 20, header - 20);
        packet.Payload = _bytes.Slice(at + header, length - header);
    }

    private void ReadIcmp(int at, int end)
    {
        packet.IcmpType = Span[at];
        packet.IcmpCode = Span[at + 1];
        packet.TransportChecksum = U16(at + 2);
        packet.IcmpRest = U32(at + 4);
        packet.Payload = _bytes[(at + 8)..end];
        // Errors: ICMP 3, 4, 5, 11, 12 (RFC 1122 3.2.2); ICMPv6 types below 128 (RFC 4443 2.1).
        if (packet.IsV6 ? packet.IcmpType < 128 : packet.IcmpType is 3 or 4 or 5 or 11 or 12)
        {
            packet.Embedded = new ParsedPacket(packet.Payload, ethernet: false);
        }
    }

    private bool? Verify(ReadOnlySpan<byte> transport)
    {
        switch (packet.Protocol)
        {
            case IpProtocol.Udp when transport.Length >= 8 && packet.TransportChecksum == 0:
                return packet.IsV6 ? false : null;
            case IpProtocol.Tcp when transport.Length >= 20:
            case IpProtocol.Udp when transport.Length >= 8:
            case IpProtocol.IcmpV6 when transport.Length >= 8 && packet.IsV6:
                return Checksum.Finish(Checksum.Sum(transport, Checksum.PseudoHeader(packet.Source!, packet.Destination!, packet.Protocol, transport.Length))) == 0;
            case IpProtocol.Icmp when transport.Length >= 8 && packet.IsV4:
                return Checksum.Internet(transport) == 0;
            case IpProtocol.Sctp when transport.Length >= 12:
                var copy = transport.ToArray();
                copy.AsSpan(8, 4).Clear();
                return Checksum.Crc32C(copy) == packet.TransportChecksum;
            default:
                return null;
        }
    }
}
