namespace Loxi.Linux.Sockets;

/// <summary>Counters of a packet socket since they were last read (struct tpacket_stats).</summary>
/// <param name="Received">Frames that passed the filter, the dropped ones included.</param>
/// <param name="Dropped">Frames lost because the receive buffer was full.</param>
public readonly record struct PacketStatistics(uint Received, uint Dropped);
