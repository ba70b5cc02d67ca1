using Loxi.Core.Services;

namespace Loxi.Core.Connections;

/// <summary>
/// The endpoint that a client of a service with persist selection comes to, as a balancer hands it out and takes it in. A value without references; nothing of it depends on the node.
/// </summary>
public readonly record struct PersistenceRecord
{
    /// <summary>The client's address.</summary>
    public FlowAddress Client { get; init; }

    /// <summary>The service's address.</summary>
    public FlowAddress Vip { get; init; }

    /// <summary>The endpoint's address.</summary>
    public FlowAddress Endpoint { get; init; }

    /// <summary>Time since the client's last new connection, zero to <see cref="ConnectionRecord.MaxAge"/>.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Traffic class (firewall mark) of the service; 0 = none.</summary>
    public uint Block { get; init; }

    /// <summary>The service's port, the first one of a range; 0 for ICMP.</summary>
    public ushort VipPort { get; init; }

    /// <summary>The endpoint's port as the service has it; 0 for ICMP, and where it is that of the packet.</summary>
    public ushort EndpointPort { get; init; }

    /// <summary>The service's protocol.</summary>
    public ServiceProtocol Protocol { get; init; }

    /// <summary>Whether there can be such a record. What comes from another node is asked this before it is used; allocates nothing.</summary>
    public bool IsPossible =>
        Protocol is ServiceProtocol.Tcp or ServiceProtocol.Udp or ServiceProtocol.Icmp or ServiceProtocol.Sctp
        && Client.IsUnicast && Vip.IsUnicast && Endpoint.IsUnicast && Client.IsIPv4 == Vip.IsIPv4
        && (Protocol == ServiceProtocol.Icmp ? VipPort == 0 && EndpointPort == 0 : VipPort != 0)
        && Age >= TimeSpan.Zero && Age <= ConnectionRecord.MaxAge;
}
