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

    /// <summary>Whether the address says nothing without an interface.</summary>
    public static bool NeedsInterface(IPEndPoint at) => at.Address is { IsIPv6LinkLocal: true, ScopeId: 0 };

    /// <summary>The address with its interface as it is numbered now.</summary>
    /// <exception cref="IOException">There is no such interface.</exception>
    public static IPEndPoint Scoped(IPEndPoint at, IReadOnlyDictionary<IPAddress, string> interfaces)
    {
        if (!NeedsInterface(at) || !interfaces.TryGetValue(at.Address, out var name))
        {
            return at;
        }

        // The parser asks the kernel for the number of the name.
        return IPAddress.TryParse($"{at.Address}%{name}", out var address) && address.ScopeId != 0
            ? new IPEndPoint(address, at.Port)
            : throw new IOException($"there is no interface {name}");
    }

    /// <summary>The address as it is compared: its scope is a number of this machine.</summary>
    public static IPAddress WithoutScope(IPAddress address) => address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes()) : address;

    /// <summary>Listens. Where the machine has no IPv6, the unspecified IPv6 address is that of IPv4. The unspecified IPv6 address includes IPv4, others do not.</summary>
    /// <exception cref="LinuxException">The address or port cannot be listened on; says which and why.</exception>
    public static Socket Listen(IPEndPoint at) => Listen(at, Make);

    /// <param name="at">Where.</param>
    /// <param name="make">Makes the socket.</param>
    internal static Socket Listen(IPEndPoint at, Func<AddressFamily, Socket> make)
    {
        Socket? socket = null;
        try
        {
            try
            {
                socket = make(at.AddressFamily);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressFamilyNotSupported && at.Address.Equals(IPAddress.IPv6Any))
            {
                at = new IPEndPoint(IPAddress.Any, at.Port);
                socket = make(at.AddressFamily);
            }

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
