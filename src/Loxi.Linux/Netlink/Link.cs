namespace Loxi.Linux.Netlink;

/// <summary>A network interface as the kernel reports it (RTM_NEWLINK).</summary>
public sealed record Link
{
    /// <summary>The interface index, above 0 and unique within its network namespace.</summary>
    public required int Index { get; init; }

    /// <summary>The name, 1 to 15 bytes.</summary>
    public required string Name { get; init; }

    /// <summary>The link-layer address; "none" for links without one.</summary>
    public LinkLayerAddress HardwareAddress { get; init; }

    /// <summary>The largest packet above the link layer, in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>All flags.</summary>
    public LinkFlags Flags { get; init; }

    /// <summary>ARPHRD_* type of the link layer: 1 Ethernet, 772 loopback.</summary>
    public int HardwareType { get; init; }

    /// <summary>Operational state.</summary>
    public OperState OperState { get; init; }

    /// <summary>Kind of a virtual link, for example <c>veth</c>, <c>bridge</c>, <c>vlan</c>; null for loopback and most physical links.</summary>
    public string? Kind { get; init; }

    /// <summary>Index of the bridge, bond or VRF that the link belongs to; 0 for none.</summary>
    public int MasterIndex { get; init; }

    /// <summary>Index of the link below (VLAN) or of the peer (veth, possibly in another namespace); 0 for none.</summary>
    public int ParentIndex { get; init; }

    /// <summary>VLAN id, 0 to 4094, of a link of kind <c>vlan</c>; else null.</summary>
    public int? VlanId { get; init; }

    /// <summary>Transmit queues.</summary>
    public int TxQueues { get; init; }

    /// <summary>Receive queues.</summary>
    public int RxQueues { get; init; }

    /// <summary>Id of the XDP program that is attached to the link; 0 for none.</summary>
    public int XdpProgramId { get; init; }

    /// <summary>How often the carrier came or went (IFLA_CARRIER_CHANGES): tells of a link that was down for a moment.</summary>
    public uint CarrierChanges { get; init; }

    /// <summary>Whether the link forwards IPv6 (<c>net/ipv6/conf/NAME/forwarding</c>), and its advertisements say so; false without IPv6.</summary>
    public bool ForwardsIpv6 { get; init; }

    /// <summary>The link's own <c>net/ipv4/conf/NAME/arp_ignore</c>; the greater of it and that of <c>all</c> is in force. 0 without IPv4.</summary>
    public int ArpIgnore { get; init; }

    /// <summary>Counters; null where the kernel left them out, as it does in some events.</summary>
    public LinkCounters? Counters { get; init; }

    /// <summary>Administratively up.</summary>
    public bool IsUp => (Flags & LinkFlags.Up) != 0;

    /// <summary>Operational.</summary>
    public bool IsRunning => (Flags & LinkFlags.Running) != 0;

    /// <summary>The driver signals carrier.</summary>
    public bool IsLowerUp => (Flags & LinkFlags.LowerUp) != 0;
}
