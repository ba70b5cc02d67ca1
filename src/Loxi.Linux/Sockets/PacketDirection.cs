namespace Loxi.Linux.Sockets;

/// <summary>Where a packet was going (sll_pkttype, linux/if_packet.h).</summary>
public enum PacketDirection : byte
{
    /// <summary>To this host.</summary>
    Host = 0,

    /// <summary>Link-layer broadcast.</summary>
    Broadcast = 1,

    /// <summary>Link-layer multicast.</summary>
    Multicast = 2,

    /// <summary>To another host (promiscuous).</summary>
    OtherHost = 3,

    /// <summary>Sent by this host.</summary>
    Outgoing = 4,
}
