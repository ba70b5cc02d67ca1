namespace Loxi.Linux.Netlink;

/// <summary>Counters of a link since it was made (rtnl_link_stats64).</summary>
/// <param name="ReceivedPackets">Good packets received.</param>
/// <param name="SentPackets">Packets sent.</param>
/// <param name="ReceivedBytes">Bytes of the packets received.</param>
/// <param name="SentBytes">Bytes of the packets sent.</param>
/// <param name="ReceiveErrors">Bad packets received.</param>
/// <param name="SendErrors">Packets that could not be sent.</param>
/// <param name="ReceiveDropped">Packets received and dropped for want of room.</param>
/// <param name="SendDropped">Packets dropped on the way out.</param>
public readonly record struct LinkCounters(
    ulong ReceivedPackets,
    ulong SentPackets,
    ulong ReceivedBytes,
    ulong SentBytes,
    ulong ReceiveErrors,
    ulong SendErrors,
    ulong ReceiveDropped,
    ulong SendDropped);
