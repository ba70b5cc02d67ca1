using System.Buffers.Binary;

namespace Loxi.TestKit.Packets;

public sealed partial record PacketBuilder
{
    /// <summary>The packet from the IP header on.</summary>
    public byte[] ToIp()
    {
        var transport = BuildTransport();
        return IsV6 ? BuildV6(transport) : BuildV4(transport);
    }

    /// <summary>The packet in an Ethernet frame with its tags, without frame check sequence and padding.</summary>
    public byte[] ToFrame()
    {
        var packet = ToIp();
        var tagged = new byte[4 * Vlans.Count + packet.Length];
        var etherType = (ushort)(IsV6 ? 0x86dd : 0x0800);
        var at = 0;
        for (var i = 0; i < Vlans.Count; i++, at += 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(tagged.AsSpan(at), Vlans[i].Tci);
            BinaryPrimitives.WriteUInt16BigEndian(tagged.AsSpan(at + 2), i + 1 < Vlans.Count ? Vlans[i + 1].Tpid : etherType);
        }

        packet.CopyTo(tagged, at);
        return Packet.Frame(Vlans.Count > 0 ? Vlans[0].Tpid : etherType, tagged, SourceMac, DestinationMac);
    }

    private int IpHeaderLength() => IsV6
        ? 40 + Extensions.Sum(extension => extension.Body.Length + 2)
        : 20 + (Ipv4Options.Length + 3) / 4 * 4;

    private byte[] BuildTransport()
    {
        var bytes = new byte[Header.Length + Data.Length];
        Header.CopyTo(bytes);
        Data.CopyTo(bytes.AsMemory(Header.Length));
        if (Header.IsEmpty)
        {
            return bytes;
        }

        if (Protocol == IpProtocol.Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)bytes.Length);
        }

        if (Protocol == IpProtocol.Sctp)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Checksum.Crc32C(bytes) ^ (BadSctpChecksum ? 1u : 0));
            return bytes;
        }

        var field = bytes.AsSpan(ChecksumOffset());
        if (FixedTransportChecksum is { } wanted)
        {
            BinaryPrimitives.WriteUInt16BigEndian(field, wanted);
        }
        else if (!(Protocol == IpProtocol.Udp && ZeroUdpChecksum))
        {
            // ICMP has no pseudo-header, ICMPv6 has one (RFC 4443 2.3).
            var initial = Protocol == IpProtocol.Icmp ? 0 : Checksum.PseudoHeader(Source, Destination, Protocol, bytes.Length);
            var sum = Checksum.Finish(Checksum.Sum(bytes, initial));
            BinaryPrimitives.WriteUInt16BigEndian(field, Protocol == IpProtocol.Udp && sum == 0 ? ushort.MaxValue : sum);
        }

        return bytes;
    }

    private int ChecksumOffset() => Protocol switch
    {
        IpProtocol.Tcp => 16,
        IpProtocol.Udp => 6,
        _ => 2,
    };

    private byte[] BuildV4(byte[] transport)
    {
        var header = IpHeaderLength();
        var packet = new byte[header + transport.Length];
        packet[0] = (byte)(0x40 | (header / 4));
        packet[1] = TrafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(FixedTotalLength ?? packet.Length));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), Identification);
        var fragment = (DontFragment ? 0x4000 : 0) | (MoreFragments ? 0x2000 : 0) | (FragmentOffset / 8);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)fragment);
        packet[8] = Ttl;
        packet[9] = Protocol;
        Source.GetAddressBytes().CopyTo(packet, 12);
        Destination.GetAddressBytes().CopyTo(packet, 16);
        Ipv4Options.CopyTo(packet.AsMemory(20));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), FixedIpChecksum ?? Checksum.Internet(packet.AsSpan(0, header)));
        transport.CopyTo(packet, header);
        return packet;
    }

    private byte[] BuildV6(byte[] transport)
    {
        var header = IpHeaderLength();
        var packet = new byte[header + transport.Length];
        BinaryPrimitives.WriteUInt32BigEndian(packet, (6u << 28) | ((uint)TrafficClass << 20) | FlowLabel);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(FixedTotalLength ?? (packet.Length - 40)));
        packet[6] = Extensions.Count > 0 ? Extensions[0].Type : Protocol;
        packet[7] = Ttl;
        Source.GetAddressBytes().CopyTo(packet, 8);
        Destination.GetAddressBytes().CopyTo(packet, 24);
        var at = 40;
        for (var i = 0; i < Extensions.Count; i++)
        {
            var body = Extensions[i].Body;
            packet[at] = i + 1 < Extensions.Count ? Extensions[i + 1].Type : Protocol;
            // The fragment header has a reserved byte where the others have their length.
            packet[at + 1] = Extensions[i].Type == IpProtocol.Fragment ? (byte)0 : (byte)((body.Length - 6) / 8);
            body.CopyTo(packet, at + 2);
            at += 2 + body.Length;
        }

        transport.CopyTo(packet, at);
        return packet;
    }
}
