using System.Buffers.Binary;
using System.Net.Sockets;
using Loxi.Linux;
using Loxi.Linux.Sockets;

namespace Loxi.Bfd.Transport;

/// <summary>Echo packets as whole Ethernet frames, out and in. Pure.</summary>
internal static class EchoFrame
{
    public const int Port = 3785; // RFC 5881 4

    /// <summary>Bytes before the payload at most.</summary>
    public const int LongestHeader = EthernetLength + Ipv6Length + UdpLength;

    private const int EthernetLength = 14;
    private const int Ipv4Length = 20;
    private const int Ipv6Length = 40;
    private const int UdpLength = 8;
    private const ushort Ipv4 = 0x0800, Ipv6 = 0x86dd;
    private const byte Udp = 17;
    private const byte NetworkControl = 48 << 2; // DSCP CS6
    private const byte Ttl = 255;

    /// <summary>Lets in UDP to the echo port that is not fragmented and has no IPv4 options.</summary>
    public static BpfInstruction[] Filter()
    {
        const uint ethernetType = 12, ip = EthernetLength;
        var builder = new BpfProgramBuilder();
        var (v6, refuse) = (builder.NewLabel(), builder.NewLabel());
        builder.LoadHalf(ethernetType).JumpIf(BpfComparison.Equal, Ipv6, v6, null).JumpIf(BpfComparison.Equal, Ipv4, null, refuse)
            .LoadByte(ip).JumpIf(BpfComparison.Equal, 0x45, null, refuse)
            .LoadByte(ip + 9).JumpIf(BpfComparison.Equal, Udp, null, refuse)
            .LoadHalf(ip + 6).JumpIf(BpfComparison.AnyBit, 0x3fff, refuse, null)
            .LoadHalf(ip + Ipv4Length + 2).JumpIf(BpfComparison.Equal, Port, null, refuse).Return(uint.MaxValue)
            .Mark(v6).LoadByte(ip + 6).JumpIf(BpfComparison.Equal, Udp, null, refuse)
            .LoadHalf(ip + Ipv6Length + 2).JumpIf(BpfComparison.Equal, Port, null, refuse).Return(uint.MaxValue)
            .Mark(refuse).Return(0);
        return builder.Build();
    }

    /// <summary>Writes a frame.</summary>
    /// <param name="frame">Room for <see cref="LongestHeader"/> and the payload.</param>
    /// <param name="path">Its way.</param>
    /// <param name="sourcePort">UDP source port.</param>
    /// <param name="payload">The payload.</param>
    /// <returns>Its length.</returns>
    public static int Write(Span<byte> frame, EchoPath path, int sourcePort, ReadOnlySpan<byte> payload)
    {
        var isV4 = path.Own.Family == AddressFamily.InterNetwork;
        path.Peer.CopyTo(frame);
        path.Source.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], isV4 ? Ipv4 : Ipv6);
        var ip = frame[EthernetLength..];
        var header = isV4 ? WriteV4(ip, path.Own, payload.Length) : WriteV6(ip, path.Own, payload.Length);
        var udp = ip.Slice(header, UdpLength + payload.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        udp[6..8].Clear();
        payload.CopyTo(udp[UdpLength..]);

        // RFC 768, RFC 8200 8.1: the addresses, the protocol and the length count too; zero is sent as its other form.
        var addresses = ip.Slice(header - (2 * path.Own.Length), 2 * path.Own.Length);
        var sum = Fold(Sum(udp, Sum(addresses, Udp + (uint)udp.Length)));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], sum == 0 ? (ushort)0xffff : sum);
        return EthernetLength + header + udp.Length;
    }

    /// <summary>Reads a frame that has passed <see cref="Filter"/>.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="payload">The UDP payload.</param>
    /// <param name="source">Source address.</param>
    /// <param name="destination">Destination address.</param>
    /// <param name="ttl">TTL or hop limit.</param>
    /// <returns>False when its lengths or its checksum are wrong.</returns>
    public static bool TryRead(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> payload, out InternetAddress source, out InternetAddress destination, out int ttl)
    {
        payload = default;
        (source, destination, ttl) = (default, default, 0);
        if (frame.Length < EthernetLength + Ipv4Length + UdpLength)
        {
            return false;
        }

        var isV4 = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == Ipv4;
        var ip = frame[EthernetLength..];
        var header = isV4 ? Ipv4Length : Ipv6Length;
        var size = isV4 ? 4 : 16;
        if (ip.Length < header + UdpLength)
        {
            return false;
        }

        ttl = ip[isV4 ? 8 : 7];
        var addresses = ip.Slice(header - (2 * size), 2 * size);
        source = InternetAddress.FromBytes(addresses[..size]);
        destination = InternetAddress.FromBytes(addresses[size..]);
        var udp = ip[header..];
        int length = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (length < UdpLength || length > udp.Length)
        {
            return false;
        }

        udp = udp[..length];
        payload = udp[UdpLength..];
        // RFC 768: zero stands for none, which only IPv4 may have.
        return (isV4 && BinaryPrimitives.ReadUInt16BigEndian(udp[6..]) == 0) || Fold(Sum(udp, Sum(addresses, Udp + (uint)length))) == 0;
    }

    private static int WriteV4(Span<byte> ip, InternetAddress own, int payload)
    {
        ip[..Ipv4Length].Clear();
        ip[0] = 0x45;
        ip[1] = NetworkControl;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(Ipv4Length + UdpLength + payload));
        ip[6] = 0x40; // don't fragment
        ip[8] = Ttl;
        ip[9] = Udp;
        own.CopyTo(ip[12..]);
        own.CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Fold(Sum(ip[..Ipv4Length], 0)));
        return Ipv4Length;
    }

    private static int WriteV6(Span<byte> ip, InternetAddress own, int payload)
    {
        BinaryPrimitives.WriteUInt32BigEndian(ip, 0x6000_0000 | (NetworkControl << 20));
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(UdpLength + payload));
        ip[6] = Udp;
        ip[7] = Ttl;
        own.CopyTo(ip[8..]);
        own.CopyTo(ip[24..]);
        return Ipv6Length;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        return bytes.IsEmpty ? sum : sum + ((uint)bytes[0] << 8);
    }

    private static ushort Fold(uint sum)
    {
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }
}
