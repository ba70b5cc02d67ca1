using System.Buffers.Binary;

namespace Loxi.TestKit.Packets;

public sealed partial record PacketBuilder
{
    /// <summary>A TCP segment; <paramref name="options"/> are padded to a multiple of four.</summary>
    public PacketBuilder Tcp(
        ushort sourcePort,
        ushort destinationPort,
        TcpBits flags = TcpBits.Syn,
        uint sequence = 1000,
        uint acknowledgement = 0,
        ushort window = 64240,
        byte[]? options = null,
        byte[]? payload = null)
    {
        options ??= [];
        var padded = (options.Length + 3) / 4 * 4;
        if (padded > 40)
        {
            throw new ArgumentException($"TCP options: {options.Length} bytes, expected at most 40", nameof(options));
        }

        var header = new byte[20 + padded];
        BinaryPrimitives.WriteUInt16BigEndian(header, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), acknowledgement);
        header[12] = (byte)(header.Length / 4 << 4);
        header[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), window);
        header.AsSpan(20).Fill(1);
        options.CopyTo(header, 20);
        return this with { Protocol = IpProtocol.Tcp, Header = header, Data = payload ?? [] };
    }

    /// <summary>A UDP datagram.</summary>
    /// <param name="zeroChecksum">Without checksum: legal in IPv4 (RFC 768), for tunnels only in IPv6 (RFC 6935).</param>
    public PacketBuilder Udp(ushort sourcePort, ushort destinationPort, byte[]? payload = null, bool zeroChecksum = false)
    {
        var header = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(header, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), destinationPort);
        return this with { Protocol = IpProtocol.Udp, Header = header, Data = payload ?? [], ZeroUdpChecksum = zeroChecksum };
    }

    /// <summary>An SCTP packet with the given chunks (RFC 9260, <see cref="SctpChunk"/>); its CRC-32C is right, or a wrong one.</summary>
    public PacketBuilder Sctp(ushort sourcePort, ushort destinationPort, uint verificationTag, byte[] chunks, bool badChecksum = false)
    {
        var header = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(header, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), verificationTag);
        return this with { Protocol = IpProtocol.Sctp, Header = header, Data = chunks, BadSctpChecksum = badChecksum };
    }

    /// <summary>
    /// This packet inside of another (RFC 2003, RFC 2473, RFC 4213): IP in IP of the families of both. The outer header has the tags
    /// and MACs of the inner packet and, without more said, DF and TTL 64.
    /// </summary>
    public PacketBuilder Encapsulate(string outerSource, string outerDestination) =>
        (Packet.Ip(outerSource, outerDestination) with { Vlans = Vlans, SourceMac = SourceMac, DestinationMac = DestinationMac })
            .Raw(IsV6 ? IpProtocol.Ipv6InIp : IpProtocol.IpInIp, ToIp());

    /// <summary>An ICMP or ICMPv6 message: type, code and the four bytes after the checksum.</summary>
    public PacketBuilder Icmp(byte type, byte code, uint rest = 0, ReadOnlyMemory<byte> payload = default)
    {
        var header = new byte[8];
        header[0] = type;
        header[1] = code;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), rest);
        return this with { Protocol = IsV6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp, Header = header, Data = payload };
    }

    public PacketBuilder IcmpEcho(ushort id, ushort sequence, byte[]? payload = null, bool reply = false)
        => Icmp((byte)(IsV6 ? (reply ? 129 : 128) : (reply ? 0 : 8)), 0, ((uint)id << 16) | sequence, payload ?? []);

    /// <summary>
    /// An ICMP error with as much of the packet that caused it as fits into 576 bytes (RFC 1812 4.3.2.3) or, for ICMPv6,
    /// 1280 bytes (RFC 4443 2.4), or as <paramref name="maxEmbedded"/> says.
    /// </summary>
    public PacketBuilder IcmpError(byte type, byte code, ReadOnlyMemory<byte> causePacket, uint rest = 0, int? maxEmbedded = null)
    {
        var limit = maxEmbedded ?? (IsV6 ? 1280 - 40 - 8 : 576 - 20 - 8);
        return Icmp(type, code, rest, causePacket[..Math.Min(limit, causePacket.Length)]);
    }

    /// <summary>ICMP fragmentation needed (RFC 1191) or ICMPv6 packet too big.</summary>
    public PacketBuilder PacketTooBig(ReadOnlyMemory<byte> causePacket, ushort mtu, int? maxEmbedded = null)
        => IsV6 ? IcmpError(2, 0, causePacket, mtu, maxEmbedded) : IcmpError(3, 4, causePacket, mtu, maxEmbedded);

    /// <summary>ICMP time exceeded in transit.</summary>
    public PacketBuilder TimeExceeded(ReadOnlyMemory<byte> causePacket, int? maxEmbedded = null)
        => IcmpError((byte)(IsV6 ? 3 : 11), 0, causePacket, 0, maxEmbedded);

    /// <summary>ICMP port unreachable.</summary>
    public PacketBuilder PortUnreachable(ReadOnlyMemory<byte> causePacket, int? maxEmbedded = null)
        => IsV6 ? IcmpError(1, 4, causePacket, 0, maxEmbedded) : IcmpError(3, 3, causePacket, 0, maxEmbedded);

    /// <summary>Any protocol, bytes as they are.</summary>
    public PacketBuilder Raw(byte protocol, ReadOnlyMemory<byte> bytes)
        => this with { Protocol = protocol, Header = default, Data = bytes, FixedTransportChecksum = null };

    /// <summary>The fragments of this packet for an MTU in bytes (IP header included), in order.</summary>
    public IReadOnlyList<PacketBuilder> Fragments(int mtu, uint id = 0x1234)
    {
        var transport = BuildTransport();
        var perFragment = (mtu - IpHeaderLength() - (IsV6 ? 8 : 0)) / 8 * 8;
        if (perFragment <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(mtu), mtu, "MTU: no room for data");
        }

        var fragments = new List<PacketBuilder>();
        for (var offset = 0; offset < transport.Length; offset += perFragment)
        {
            var length = Math.Min(perFragment, transport.Length - offset);
            fragments.Add(Raw(Protocol, transport.AsMemory(offset, length)).AsFragment(offset, offset + length < transport.Length, id));
        }

        return fragments;
    }
}
