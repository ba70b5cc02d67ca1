using System.Net;
using System.Net.Sockets;
using System.Text;
using Loxi.Bgp.Session;
using Loxi.Linux;

namespace Loxi.Bgp.Transport;

/// <summary>Options of the sockets of BGP. Each failure says which option, for whom, and why.</summary>
internal static class TcpOptions
{
    // CS6, network control (RFC 4594 3.1).
    private const int TypeOfService = 48 << 2;

    private static readonly TimeSpan UserTimeoutMargin = TimeSpan.FromSeconds(10);

    /// <summary>Sets what the settings of a peer ask of a connection with it, before it connects or after it was accepted.</summary>
    /// <exception cref="LinuxException">The kernel refused an option.</exception>
    internal static void Apply(Socket socket, BgpPeerSettings peer, bool isExternal)
    {
        var is4 = socket.AddressFamily == AddressFamily.InterNetwork;
        socket.NoDelay = true;
        Set(socket, is4 ? SocketLevel.Ip : SocketLevel.Ipv6, is4 ? SocketLevel.IpTypeOfService : SocketLevel.Ipv6TrafficClass, TypeOfService, "traffic class", peer.Address);
        if (peer.GtsmHops is { } hops)
        {
            // RFC 5082 3: send 255, take what has passed the hops that are allowed and no more.
            SetTtl(socket, 255, peer.Address);
            Set(socket, is4 ? SocketLevel.Ip : SocketLevel.Ipv6, is4 ? SocketLevel.IpMinimumTtl : SocketLevel.Ipv6MinimumHopCount, 256 - hops, "minimum TTL", peer.Address);
        }
        else if (isExternal)
        {
            SetTtl(socket, peer.MultihopTtl, peer.Address);
        }

        if (peer.HoldTime > TimeSpan.Zero)
        {
            // What is unacknowledged, or blocked by a closed window, ends the connection in the kernel too; after the send hold timer, which says why (RFC 9687).
            var longest = SendHold.TimeOf(peer, peer.HoldTime) + UserTimeoutMargin;
            Set(socket, SocketLevel.Tcp, SocketLevel.TcpUserTimeout, (int)longest.TotalMilliseconds, "user timeout", peer.Address);
        }
    }

    /// <summary>Sets the TTL or hop limit that a socket sends with.</summary>
    internal static void SetTtl(Socket socket, int ttl, IPAddress peer)
    {
        var is4 = socket.AddressFamily == AddressFamily.InterNetwork;
        Set(socket, is4 ? SocketLevel.Ip : SocketLevel.Ipv6, is4 ? SocketLevel.IpTtl : SocketLevel.Ipv6UnicastHops, ttl, "TTL", peer);
    }

    /// <summary>Binds a socket to an interface or VRF device. Needs CAP_NET_RAW where it was bound before.</summary>
    /// <exception cref="LinuxException">There is no such device, or no privilege.</exception>
    internal static void BindToDevice(Socket socket, string device, IPAddress peer)
        => SetRaw(socket, SocketLevel.Socket, SocketLevel.BindToDevice, Encoding.UTF8.GetBytes(device + '\0'), $"device {device}", peer);

    /// <summary>Sets or removes the TCP MD5 key for a peer, or all peers of a network (RFC 2385).</summary>
    /// <exception cref="LinuxException">The kernel has no TCP MD5, or there is no memory for the key.</exception>
    internal static void SetMd5Key(Socket socket, IPAddress peer, int? prefixLength, string? password)
    {
        var value = TcpMd5Key.Write(peer, prefixLength, password);
        SetRaw(socket, SocketLevel.Tcp, prefixLength is null ? SocketLevel.TcpMd5 : SocketLevel.TcpMd5Extended, value, "TCP MD5 key", peer);
    }

    /// <summary>Sets a TCP-AO key for a peer, or all peers of a network (RFC 5925).</summary>
    /// <exception cref="LinuxException">The kernel has no TCP-AO, or refuses the key.</exception>
    internal static void SetTcpAoKey(Socket socket, IPAddress peer, int? prefixLength, BgpTcpAoKey key)
        => SetRaw(socket, SocketLevel.Tcp, SocketLevel.TcpAoAddKey, TcpAoKey.WriteAdd(peer, prefixLength, key), $"TCP-AO {key}", peer);

    /// <summary>Removes a TCP-AO key.</summary>
    /// <exception cref="LinuxException">There is none such.</exception>
    internal static void RemoveTcpAoKey(Socket socket, IPAddress peer, int? prefixLength, BgpTcpAoKey key)
        => SetRaw(socket, SocketLevel.Tcp, SocketLevel.TcpAoDeleteKey, TcpAoKey.WriteRemove(peer, prefixLength, key), $"no TCP-AO {key}", peer);

    private static void Set(Socket socket, int level, int name, int value, string what, IPAddress peer)
        => SetRaw(socket, level, name, BitConverter.GetBytes(value), $"{what} {value}", peer);

    private static void SetRaw(Socket socket, int level, int name, ReadOnlySpan<byte> value, string what, IPAddress peer)
    {
        try
        {
            socket.SetRawSocketOption(level, name, value);
        }
        catch (SocketException exception)
        {
            throw new LinuxException($"set {what} of the connection with BGP peer", exception.NativeErrorCode, peer.ToString());
        }
    }
}
