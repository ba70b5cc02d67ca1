using System.Net;
using Loxi.Core.Connections;
using Loxi.Core.Services;

namespace Loxi.Nat.Connections;

/// <summary>A connection, both directions in one.</summary>
public readonly record struct Connection
{
    /// <summary>Protocol.</summary>
    public required ServiceProtocol Protocol { get; init; }

    /// <summary>How far it is.</summary>
    public required ConnectionState State { get; init; }

    /// <summary>The client's address.</summary>
    public required IPAddress Client { get; init; }

    /// <summary>The client's port; the identifier of an ICMP echo.</summary>
    public required ushort ClientPort { get; init; }

    /// <summary>The address that the client uses.</summary>
    public required IPAddress Vip { get; init; }

    /// <summary>The port that the client uses; 0 for ICMP.</summary>
    public required ushort VipPort { get; init; }

    /// <summary>The endpoint's address.</summary>
    public required IPAddress Endpoint { get; init; }

    /// <summary>The endpoint's port; 0 for ICMP.</summary>
    public required ushort EndpointPort { get; init; }

    /// <summary>What is rewritten: the mode of its service.</summary>
    public required NatMode Mode { get; init; }

    /// <summary>The client's address as the endpoint sees it.</summary>
    public required IPAddress Source { get; init; }

    /// <summary>The client's port as the endpoint sees it.</summary>
    public required ushort RewrittenClientPort { get; init; }

    /// <summary>Time since the last packet in either direction, in steps of 17 ms.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>Packets towards the endpoint; the segments of a GSO packet count each.</summary>
    public required ulong PacketsToEndpoint { get; init; }

    /// <summary>Bytes towards the endpoint, from the IP header on.</summary>
    public required ulong BytesToEndpoint { get; init; }

    /// <summary>Packets towards the client.</summary>
    public required ulong PacketsToClient { get; init; }

    /// <summary>Bytes towards the client.</summary>
    public required ulong BytesToClient { get; init; }

    /// <summary>Key of its service; null when the service is gone and the connection about to follow.</summary>
    public required ServiceKey? Service { get; init; }

    /// <summary>Name of its service; empty when it has none.</summary>
    public required string ServiceName { get; init; }
}
