using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Ha;

/// <summary>Established connections in the kernel's own table (nf_conntrack) of a host, by ctnetlink: what conntrackd keeps alike.</summary>
internal sealed class ConntrackMaker : IDisposable
{
    private const int PortsOfAClient = 32_768;
    private const int FirstPort = 1024;
    private const uint FirstClient = 0x0a00_0000; // 10.0.0.0
    private const int AtOnce = 40;
    private const ushort NewConnection = 1 << 8;
    private const ushort RequestCreateExclusive = 0x1 | 0x400 | 0x200;
    private const int Nested = 0x8000;

    private static readonly byte[] _vip = [203, 0, 113, 1];
    private static readonly byte[] _endpoint = [10, 31, 1, 2];
    private readonly Socket _socket;
    private readonly byte[] _batch = new byte[1 << 15];

    internal ConntrackMaker(LabHost host) => _socket = host.Run(Libc.NetfilterSocket);

    /// <summary>Makes some.</summary>
    internal void Make(int first, int count)
    {
        for (var made = 0; made < count;)
        {
            var length = 0;
            for (var i = 0; i < AtOnce && made < count; i++, made++)
            {
                length += Write(_batch.AsSpan(length), first + made);
            }

            _ = _socket.Send(_batch.AsSpan(0, length));
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>nfnetlink_conntrack.h: both tuples, SEEN_REPLY | ASSURED | CONFIRMED, 600 s, TCP ESTABLISHED without a look at windows.</summary>
    private static int Write(Span<byte> to, int number)
    {
        var (client, port) = (new byte[4], (ushort)(FirstPort + (number % PortsOfAClient)));
        BinaryPrimitives.WriteUInt32BigEndian(client, FirstClient + (uint)(number / PortsOfAClient));
        byte[] body =
        [
            2, 0, 0, 0, // AF_INET, version, resource
            .. Tuple(1, client, _vip, port, 80),
            .. Tuple(2, _endpoint, client, 8080, port),
            .. Attribute(3, [0, 0, 0, 0x0e]),
            .. Attribute(7, [0, 0, 600 >> 8, 600 & 0xff]),
            .. Attribute(4 | Nested, Attribute(1 | Nested, [.. Attribute(1, [3]), .. Attribute(4, [0x0a, 0x0a]), .. Attribute(5, [0x0a, 0x0a])])),
        ];
        var length = 16 + body.Length;
        BitConverter.TryWriteBytes(to, (uint)length);
        BitConverter.TryWriteBytes(to[4..], NewConnection);
        BitConverter.TryWriteBytes(to[6..], RequestCreateExclusive);
        to[8..16].Clear();
        body.CopyTo(to[16..]);
        return length;
    }

    private static byte[] Tuple(int type, byte[] from, byte[] to, ushort fromPort, ushort toPort) => Attribute(
        type | Nested,
        [
            .. Attribute(1 | Nested, [.. Attribute(1, from), .. Attribute(2, to)]),
            .. Attribute(2 | Nested, [.. Attribute(1, [(byte)ProtocolType.Tcp]), .. Attribute(2, Port(fromPort)), .. Attribute(3, Port(toPort))]),
        ]);

    private static byte[] Port(ushort port) => BitConverter.GetBytes(IPAddress.HostToNetworkOrder((short)port));

    private static byte[] Attribute(int type, byte[] data)
    {
        var attribute = new byte[(4 + data.Length + 3) & ~3];
        BitConverter.TryWriteBytes(attribute, (ushort)(4 + data.Length));
        BitConverter.TryWriteBytes(attribute.AsSpan(2), (ushort)type);
        data.CopyTo(attribute, 4);
        return attribute;
    }
}
