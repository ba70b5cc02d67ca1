using Loxi.Linux.Namespaces;

namespace Loxi.Linux.Sockets;

/// <summary>How a <see cref="PacketSocket"/> is opened.</summary>
public sealed record PacketSocketOptions
{
    /// <summary>EtherType to receive, host order, for example 0x0806; 0x0003 (ETH_P_ALL) for everything, sent frames included; 0 to receive nothing and only send.
    /// The default is <see cref="PacketSocket.AllEtherTypes"/>.</summary>
    public ushort EtherType { get; init; } = PacketSocket.AllEtherTypes;

    /// <summary>Classic BPF filter, in force before the first frame; null for none.</summary>
    public ReadOnlyMemory<BpfInstruction>? Filter { get; init; }

    /// <summary>Leave out frames that this host sends (PACKET_IGNORE_OUTGOING, since Linux 4.20). The default is false.</summary>
    public bool IgnoreOutgoing { get; init; }

    /// <summary>Receive frames to other hosts too. The default is false.</summary>
    public bool Promiscuous { get; init; }

    /// <summary>Fill <see cref="PacketInfo.TimestampNanoseconds"/>. The default is false.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Receive buffer in bytes; 0 for the system's default.</summary>
    public int ReceiveBuffer { get; init; }

    /// <summary>The namespace of the link; null for that of the calling thread.</summary>
    public NetworkNamespace? NetworkNamespace { get; init; }
}
