using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Connections;

/// <summary>Where a connection goes and how far it is.</summary>
/// <param name="Source">The client's address as the endpoint sees it.</param>
/// <param name="Endpoint">The endpoint's address.</param>
/// <param name="Block">Traffic class of the service; 0 = none.</param>
/// <param name="SourcePort">The client's port as the endpoint sees it.</param>
/// <param name="EndpointPort">The endpoint's port; 0 for ICMP.</param>
/// <param name="State">How far it is.</param>
/// <param name="Traits">How it is carried.</param>
public readonly record struct ConnectionPath(
    FlowAddress Source,
    FlowAddress Endpoint,
    uint Block,
    ushort SourcePort,
    ushort EndpointPort,
    ConnectionState State,
    ConnectionTraits Traits);
