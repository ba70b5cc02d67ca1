using System.Net.Sockets;
using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <content>Opening.</content>
public sealed unsafe partial class DatagramSocket
{
    /// <summary>Opens a socket. From the return on every datagram that passes the filter is queued; none before.</summary>
    /// <param name="address">The local address; <see cref="InternetAddress.IPv4Any"/> or <see cref="InternetAddress.IPv6Any"/> for all of a family.</param>
    /// <param name="port">The local port; 0 for a free one.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>A socket to dispose.</returns>
    /// <exception cref="ArgumentException">There is no address.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port or an option is out of range.</exception>
    /// <exception cref="LinuxException">The port is in use (<see cref="Errno.EADDRINUSE"/>), the address is not of this host (<see cref="Errno.EADDRNOTAVAIL"/>),
    /// there is no such link (<see cref="Errno.ENODEV"/>), or the filter is refused.</exception>
    public static DatagramSocket Open(InternetAddress address, int port, DatagramSocketOptions? options = null)
    {
        options ??= new DatagramSocketOptions();
        return InNamespace(options, () => OpenHere(address, port, options, isShared: false));
    }

    internal static T InNamespace<T>(DatagramSocketOptions options, Func<T> open) =>
        options.NetworkNamespace is null ? open() : options.NetworkNamespace.Run(open);

    internal static DatagramSocket OpenHere(InternetAddress address, int port, DatagramSocketOptions options, bool isShared)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)port, 65_535u, nameof(port));
        options.Validate();
        if (address.IsNone)
        {
            throw new ArgumentException("An address is needed; InternetAddress.IPv4Any or IPv6Any for all of a family.", nameof(address));
        }

        var isV4 = address.Family == AddressFamily.InterNetwork;
        var descriptor = Libc.Socket(isV4 ? Libc.AfInet : Libc.AfInet6, Libc.SockDatagram, 0);
        try
        {
            if (descriptor.IsInvalid)
            {
                throw Libc.Failure("open", What);
            }

            var socket = new DatagramSocket(descriptor, options.InterfaceIndex);
            if (isShared)
            {
                Set(descriptor, Libc.SolSocket, Libc.SoReusePort, 1, "SO_REUSEPORT");
            }

            socket.Configure(options, isV4);
            socket.Bind(address, port);
            return socket;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Lets others with the same option join, which the bind without it had ruled out.</summary>
    internal void Share() => Set(Descriptor, Libc.SolSocket, Libc.SoReusePort, 1, "SO_REUSEPORT");

    private void Configure(DatagramSocketOptions options, bool isV4)
    {
        if (!isV4)
        {
            Set(Descriptor, Libc.SolIpv6, Libc.Ipv6Only, 1, "IPV6_V6ONLY");
        }

        if (options.InterfaceIndex != 0)
        {
            BindToLink(options.InterfaceIndex);
        }

        if (options.Filter is { } filter)
        {
            SetFilter(filter.Span);
        }

        ConfigureSending(options, isV4);
        ConfigureReceiving(options, isV4);
    }

    private void BindToLink(int index)
    {
        // The kernel takes any number.
        if (!Libc.HasInterface(index))
        {
            throw new LinuxException($"bind {What} to link", Errno.ENODEV, $"{index}");
        }

        if (Libc.SetOption(Descriptor, Libc.SolSocket, Libc.SoBindToInterface, index) != 0)
        {
            throw Libc.Failure($"bind {What} to link", $"{index}");
        }
    }

    private void ConfigureSending(DatagramSocketOptions options, bool isV4)
    {
        if (options.Ttl != 0)
        {
            Set(Descriptor, isV4 ? Libc.SolIp : Libc.SolIpv6, isV4 ? Libc.IpTtl : Libc.Ipv6UnicastHops, options.Ttl, isV4 ? "IP_TTL" : "IPV6_UNICAST_HOPS");
        }

        if (options.Dscp != 0)
        {
            Set(Descriptor, isV4 ? Libc.SolIp : Libc.SolIpv6, isV4 ? Libc.IpTypeOfService : Libc.Ipv6TrafficClass, options.Dscp << 2, isV4 ? "IP_TOS" : "IPV6_TCLASS");
        }
    }

    private void ConfigureReceiving(DatagramSocketOptions options, bool isV4)
    {
        if (options.ReceiveTtl)
        {
            Set(Descriptor, isV4 ? Libc.SolIp : Libc.SolIpv6, isV4 ? Libc.IpReceiveTtl : Libc.Ipv6ReceiveHopLimit, 1, isV4 ? "IP_RECVTTL" : "IPV6_RECVHOPLIMIT");
        }

        if (options.ReceiveDestination)
        {
            Set(Descriptor, isV4 ? Libc.SolIp : Libc.SolIpv6, isV4 ? Libc.IpPacketInfo : Libc.Ipv6ReceivePacketInfo, 1, isV4 ? "IP_PKTINFO" : "IPV6_RECVPKTINFO");
        }

        if (options.Timestamps)
        {
            Set(Descriptor, Libc.SolSocket, Libc.SoTimestampNs, 1, "SO_TIMESTAMPNS");
        }

        if (options.CountDropped)
        {
            Set(Descriptor, Libc.SolSocket, Libc.SoReceiveOverflow, 1, "SO_RXQ_OVFL");
        }

        SetReceiveBuffer(options.ReceiveBuffer);
    }

    private void Bind(InternetAddress address, int port)
    {
        var name = stackalloc byte[SocketAddress.Size];
        var length = SocketAddress.Write(new(name, SocketAddress.Size), address, port, _interfaceIndex);
        if (Libc.Bind(Descriptor, name, (uint)length) != 0)
        {
            throw Libc.Failure($"bind {What} to", Name(address, port));
        }

        ReadLocalName();
    }

    private void ReadLocalName()
    {
        var name = stackalloc byte[SocketAddress.Size];
        uint length = SocketAddress.Size;
        if (Libc.LocalName(Descriptor, name, &length) != 0)
        {
            throw Libc.Failure("read the name of", What);
        }

        LocalAddress = SocketAddress.Read(new(name, SocketAddress.Size), out var port);
        LocalPort = port;
    }

    private static void Set(SafeDescriptor descriptor, int level, int option, int value, string name)
    {
        if (Libc.SetOption(descriptor, level, option, value) != 0)
        {
            throw Libc.Failure($"set {What} option", name);
        }
    }
}
