using System.Net;
using System.Net.Sockets;
using Loxi.Bfd.Wire;
using Loxi.TestKit.Topology;

namespace Loxi.Bfd.RootTests.Support;

/// <summary>Sends control packets of any content from a host, as fast as it can, with TTL 255.</summary>
internal sealed class Flood : IDisposable
{
    private readonly Socket _socket;

    public Flood(LabHost host, IPAddress from, IPAddress to, int port)
    {
        _socket = host.CreateSocket(from.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Ttl = 255;
        _socket.Bind(new IPEndPoint(from, 0));
        _socket.Connect(to, port);
    }

    public void Send(int count, BfdState state, uint myDiscriminator, uint yourDiscriminator)
    {
        var packet = new byte[BfdControlCodec.MandatoryLength];
        BfdControlCodec.Write(
            new BfdControlPacket
            {
                State = state,
                DetectMult = 3,
                Length = BfdControlCodec.MandatoryLength,
                MyDiscriminator = myDiscriminator,
                YourDiscriminator = yourDiscriminator,
                DesiredMinTxInterval = 50_000,
                RequiredMinRxInterval = 50_000,
            },
            packet);
        for (var i = 0; i < count; i++)
        {
            Send(packet);
        }
    }

    public void Send(ReadOnlySpan<byte> payload)
    {
        try
        {
            _socket.Send(payload);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.NoBufferSpaceAvailable or SocketError.ConnectionRefused)
        {
            // One less.
        }
    }

    public void Dispose() => _socket.Dispose();
}
