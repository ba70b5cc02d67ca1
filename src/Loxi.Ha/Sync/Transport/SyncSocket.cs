using System.Net;
using System.Net.Sockets;
using Loxi.Linux;

namespace Loxi.Ha.Sync.Transport;

/// <summary>Sockets of sync.</summary>
internal static class SyncSocket
{
    private const int Backlog = 64;

    // linux/in.h, linux/tcp.h
    private const int LevelTcp = 6;
    private const int UserTimeout = 18;
    private const int NotSentLowWater = 25;

    /// <summary>Octets that may wait in the kernel: what waits longer is overtaken by what the entry is then.</summary>
    private const int LowWater = 128 * 1024;

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    public static Socket Make(AddressFamily family) => new(family, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Small frames go at once, a dead peer is noticed within 5 s, and little waits in the kernel.</summary>
    /// <exception cref="SocketException">The kernel refused an option.</exception>
    public static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 2);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        socket.SetRawSocketOption(LevelTcp, UserTimeout, BitConverter.GetBytes((int)Silence.TotalMilliseconds));
        socket.SetRawSocketOption(LevelTcp, NotSentLowWater, BitConverter.GetBytes(LowWater));
    }

    /// <summary>Listens. The unspecified IPv6 address includes IPv4, others do not.</summary>
    /// <exception cref="LinuxException">The address or port cannot be listened on; says which and why.</exception>
    public static Socket Listen(IPEndPoint at)
    {
        Socket? socket = null;
        try
        {
            socket = Make(at.AddressFamily);
            if (at.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = at.Address.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(at);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new LinuxException("listen for sync on", exception.NativeErrorCode, at.ToString());
        }
    }
}
