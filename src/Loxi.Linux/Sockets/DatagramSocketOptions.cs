using Loxi.Linux.Namespaces;

namespace Loxi.Linux.Sockets;

/// <summary>How a <see cref="DatagramSocket"/> is opened.</summary>
public sealed record DatagramSocketOptions
{
    /// <summary>The only link to receive from and to send by (SO_BINDTOIFINDEX, since Linux 5.1), and the scope of link-local addresses; 0, the default, for every link.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>TTL (IPv4) or hop limit (IPv6) of what is sent to unicast addresses, 1 to 255; 0, the default, for the system's.</summary>
    public int Ttl { get; init; }

    /// <summary>Differentiated services code point of what is sent (RFC 2474), 0 to 63, for example 48 for CS6 (network control). The default is 0.</summary>
    public int Dscp { get; init; }

    /// <summary>Fill <see cref="DatagramInfo.Ttl"/>. The default is false.</summary>
    public bool ReceiveTtl { get; init; }

    /// <summary>Fill <see cref="DatagramInfo.Destination"/> and <see cref="DatagramInfo.InterfaceIndex"/>. The default is false.</summary>
    public bool ReceiveDestination { get; init; }

    /// <summary>Fill <see cref="DatagramInfo.TimestampNanoseconds"/> (SO_TIMESTAMPNS). The default is false.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Fill <see cref="DatagramReceiveBatch.Dropped"/> (SO_RXQ_OVFL). The default is false.</summary>
    public bool CountDropped { get; init; }

    /// <summary>
    /// Receive buffer in bytes; 0, the default, for the system's. A short datagram takes 768 bytes of it or more, depending on the device.
    /// Beyond <c>net.core.rmem_max</c> CAP_NET_ADMIN is needed; without it <see cref="DatagramSocket.IsReceiveBufferLimited"/> says so.
    /// </summary>
    public int ReceiveBuffer { get; init; }

    /// <summary>Classic BPF filter, in force before the first datagram; it sees the UDP header at offset 0. Null, the default, for none.</summary>
    public ReadOnlyMemory<BpfInstruction>? Filter { get; init; }

    /// <summary>The namespace to open it in; null for that of the calling thread.</summary>
    public NetworkNamespace? NetworkNamespace { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(InterfaceIndex);
        ArgumentOutOfRangeException.ThrowIfNegative(Ttl);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Ttl, 255);
        ArgumentOutOfRangeException.ThrowIfNegative(Dscp);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dscp, 63);
        ArgumentOutOfRangeException.ThrowIfNegative(ReceiveBuffer);
    }
}
