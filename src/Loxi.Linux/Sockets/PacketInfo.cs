namespace Loxi.Linux.Sockets;

/// <summary>What is known of a received frame beside its bytes.</summary>
/// <param name="Length">Bytes of the frame in the buffer.</param>
/// <param name="OriginalLength">Bytes of the frame on the link; more than <paramref name="Length"/> when the buffer was too short.</param>
/// <param name="InterfaceIndex">Link that it came in or went out by.</param>
/// <param name="Direction">Where it was going.</param>
/// <param name="EtherType">EtherType in host order, without VLAN tags.</param>
/// <param name="VlanTagged">Whether a VLAN tag, which the kernel takes off, was put back at offset 12.</param>
/// <param name="TimestampNanoseconds">Time of the frame in nanoseconds since 1970 where timestamps are on, else 0.</param>
public readonly record struct PacketInfo(
    int Length,
    int OriginalLength,
    int InterfaceIndex,
    PacketDirection Direction,
    ushort EtherType,
    bool VlanTagged,
    long TimestampNanoseconds)
{
    /// <summary>Whether the buffer was too short for the whole frame.</summary>
    public bool IsTruncated => Length < OriginalLength;
}
