namespace Loxi.Linux.Sockets;

/// <summary>What is known of a received datagram beside its bytes. Members that the socket was not asked for are 0 or none.</summary>
public struct DatagramInfo
{
    /// <summary>Who sent it.</summary>
    public InternetAddress Source { get; internal set; }

    /// <summary>The sender's port.</summary>
    public int SourcePort { get; internal set; }

    /// <summary>The address in its header, with <see cref="DatagramSocketOptions.ReceiveDestination"/>.</summary>
    public InternetAddress Destination { get; internal set; }

    /// <summary>The link that it came in by, with <see cref="DatagramSocketOptions.ReceiveDestination"/>.</summary>
    public int InterfaceIndex { get; internal set; }

    /// <summary>TTL (IPv4) or hop limit (IPv6) as it arrived, 0 to 255, with <see cref="DatagramSocketOptions.ReceiveTtl"/>; -1 when the kernel did not say.</summary>
    public int Ttl { get; internal set; }

    /// <summary>When the kernel took it from the device, in nanoseconds of wall-clock time since 1970, with <see cref="DatagramSocketOptions.Timestamps"/>. See <see cref="Time.ReceiveTimes"/>.</summary>
    public long TimestampNanoseconds { get; internal set; }

    /// <summary>Bytes in the buffer.</summary>
    public int Length { get; internal set; }

    /// <summary>Bytes of the datagram; more than <see cref="Length"/> when the buffer was too short.</summary>
    public int OriginalLength { get; internal set; }

    /// <summary>Whether the buffer was too short for the whole datagram.</summary>
    public readonly bool IsTruncated => Length < OriginalLength;
}
