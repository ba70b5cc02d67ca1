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
    internal const ushort FirstClientPort = 1024;
    private const uint FirstClientV4 = 0x0a000000;
    private const uint FirstClientV6 = 1;
    private const int TcpLength = 26;
    private const byte Tcp = 6;

    internal static readonly IPAddress VipV4 = IPAddress.Parse("203.0.113.10");
    internal static readonly IPAddress VipV6 = IPAddress.Parse("2001:db8:113::10");
    private static readonly IPAddress _firstClientV4 = IPAddress.Parse("10.0.0.0");
    private static readonly IPAddress _firstClientV6 = IPAddress.Parse("2001:db8:18::1");

    internal static IPAddress FirstClient(int family) => family == 4 ? _firstClientV4 : _firstClientV6;

    /// <summary>The 32 bits of the first client's address that the generator counts in.</summary>
    internal static uint FirstClientWord(int family) => family == 4 ? FirstClientV4 : FirstClientV6;

    internal static int Length(int family) => family == 4 ? Ipv4Length : Ipv6Length;

    /// <summary>The frame of the first client, from whose address and port the generator counts on.</summary>
    internal static void Write(Span<byte> frame, FlowSet flows)
    {
        frame.Clear();
        byte[] macs = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
        macs.CopyTo(frame);
        var client = FirstClient(flows.Family);
        var (from, to) = flows.Reverse ? (flows.Peer, client) : (client, flows.Peer);
        var (fromPort, toPort) = flows.Reverse ? (flows.PeerPort, FirstClientPort) : (FirstClientPort, flows.PeerPort);
        var tcp = flows.Family == 4 ? WriteIpv4(frame, from, to) : WriteIpv6(frame, from, to);
        var header = frame.Slice(tcp, TcpLength);
        BinaryPrimitives.WriteUInt16BigEndian(header, fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], toPort);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], flows.Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], flows.Acknowledged);
        header[12] = 0x50;
        header[13] = flows.TcpFlags;
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], 65000);
        var addresses = flows.Family == 4 ? frame.Slice(26, 8) : frame.Slice(22, 32);
        BinaryPrimitives.WriteUInt16BigEndian(header[16..], (ushort)~Sum(header, Sum(addresses, Tcp + TcpLength)));
    }

    private static int WriteIpv4(Span<byte> frame, IPAddress from, IPAddress to)
    {
        frame[12] = 0x08;
        frame[14] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(frame[16..], 20 + TcpLength);
        frame[22] = 64;
        frame[23] = Tcp;
        from.GetAddressBytes().CopyTo(frame[26..]);
        to.GetAddressBytes().CopyTo(frame[30..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[24..], (ushort)~Sum(frame.Slice(14, 20), 0));
        return 34;
    }

    private static int WriteIpv6(Span<byte> frame, IPAddress from, IPAddress to)
    {
        frame[12] = 0x86;
        frame[13] = 0xdd;
        frame[14] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(frame[18..], TcpLength);
        frame[20] = Tcp;
        frame[21] = 64;
        from.GetAddressBytes().CopyTo(frame[22..]);
        to.GetAddressBytes().CopyTo(frame[38..]);
        return 54;
    }

    internal static uint Sum(ReadOnlySpan<byte> bytes, uint sum)
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
