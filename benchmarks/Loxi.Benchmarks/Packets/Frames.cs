using System.Buffers.Binary;
using System.Net;

namespace Loxi.Benchmarks.Packets;

/// <summary>The frames that the generator starts from: Ethernet, IP, TCP and six bytes of data, with right checksums.</summary>
internal static class Frames
{
    internal const int Ipv4Length = 60;
    internal const int Ipv6Length = 80;
    internal const ushort ServicePort = 80;
    internal const ushort EndpointPort = 8080;
    /// <summary>Where frames go to: the bytes that <see cref="Write"/> begins with.</summary>
    internal const string NodeMac = "02:00:00:00:00:01";
    internal const uint FirstClientV4 = 0x0a000000;
    internal const uint FirstClientV6 = 1;
    private const int TcpLength = 26;
    private const byte Tcp = 6;

    internal static readonly IPAddress VipV4 = IPAddress.Parse("203.0.113.10");
    internal static readonly IPAddress VipV6 = IPAddress.Parse("2001:db8:113::10");
    private static readonly IPAddress _clientNetV6 = IPAddress.Parse("2001:db8:18::");

    internal static int Length(int family) => family == 4 ? Ipv4Length : Ipv6Length;

    internal static void Write(Span<byte> frame, int family, byte tcpFlags)
    {
        frame.Clear();
        byte[] macs = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
        macs.CopyTo(frame);
        var tcp = family == 4 ? WriteIpv4(frame) : WriteIpv6(frame);
        var header = frame.Slice(tcp, TcpLength);
        BinaryPrimitives.WriteUInt16BigEndian(header, 1024);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], ServicePort);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], 1);
        header[12] = 0x50;
        header[13] = tcpFlags;
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], 65000);
        var addresses = family == 4 ? frame.Slice(26, 8) : frame.Slice(22, 32);
        BinaryPrimitives.WriteUInt16BigEndian(header[16..], (ushort)~Sum(header, Sum(addresses, Tcp + TcpLength)));
    }

    private static int WriteIpv4(Span<byte> frame)
    {
        frame[12] = 0x08;
        frame[14] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(frame[16..], 20 + TcpLength);
        frame[22] = 64;
        frame[23] = Tcp;
        BinaryPrimitives.WriteUInt32BigEndian(frame[26..], FirstClientV4);
        VipV4.GetAddressBytes().CopyTo(frame[30..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[24..], (ushort)~Sum(frame.Slice(14, 20), 0));
        return 34;
    }

    private static int WriteIpv6(Span<byte> frame)
    {
        frame[12] = 0x86;
        frame[13] = 0xdd;
        frame[14] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(frame[18..], TcpLength);
        frame[20] = Tcp;
        frame[21] = 64;
        _clientNetV6.GetAddressBytes().CopyTo(frame[22..]);
        BinaryPrimitives.WriteUInt32BigEndian(frame[34..], FirstClientV6);
        VipV6.GetAddressBytes().CopyTo(frame[38..]);
        return 54;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (var i = 0; i + 1 < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return sum;
    }
}
