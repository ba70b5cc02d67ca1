namespace Loxi.Bgp.Transport;

/// <summary>Levels and names of socket options that .NET has no names for (linux/in.h, linux/in6.h, linux/tcp.h, asm-generic/socket.h).</summary>
internal static class SocketLevel
{
    internal const int Socket = 1;
    internal const int ReusePort = 15;
    internal const int BindToDevice = 25;

    internal const int Ip = 0;
    internal const int IpTypeOfService = 1;
    internal const int IpTtl = 2;
    internal const int IpMinimumTtl = 21;

    internal const int Ipv6 = 41;
    internal const int Ipv6UnicastHops = 16;
    internal const int Ipv6MulticastHops = 18;
    internal const int Ipv6TrafficClass = 67;
    internal const int Ipv6MinimumHopCount = 73;

    internal const int Tcp = 6;
    internal const int TcpMd5 = 14;
    internal const int TcpUserTimeout = 18;
    internal const int TcpMd5Extended = 32;
    internal const int TcpAoAddKey = 38;
    internal const int TcpAoDeleteKey = 39;
    internal const int TcpAoInfo = 40;
}
