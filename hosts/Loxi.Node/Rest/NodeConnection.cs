using System.Net;
using Loxi.Core.Services;

namespace Loxi.Node.Rest;

/// <summary>A connection of the table, both directions in one.</summary>
internal sealed record NodeConnection
{
    public required ServiceProtocol Protocol { get; init; }

    public required IPAddress Client { get; init; }

    /// <summary>The client's port; the echo identifier for ICMP.</summary>
    public required ushort ClientPort { get; init; }

    public required IPAddress Vip { get; init; }

    public required ushort VipPort { get; init; }

    public required IPAddress Endpoint { get; init; }

    public required ushort EndpointPort { get; init; }

    /// <summary>What is rewritten.</summary>
    public required NatMode Mode { get; init; }

    /// <summary>The client's address as the endpoint sees it.</summary>
    public required IPAddress Source { get; init; }

    /// <summary>The client's port as the endpoint sees it.</summary>
    public required ushort RewrittenClientPort { get; init; }

    /// <summary>loxilb's name of the state: tcp closed, sync-sent, sync-ack, est, h/e, fini, closed-wait; udp closed, udp-uni, udp-est; icmp req-sent, bidir; sctp closed, init, init-ack, cookie-echo, est, shut, shut-complete, abort.</summary>
    public required string State { get; init; }

    /// <summary>Name of the service; empty when it has none.</summary>
    public string Service { get; init; } = "";

    public TimeSpan Idle { get; init; }

    public ulong PacketsToEndpoint { get; init; }

    public ulong BytesToEndpoint { get; init; }

    public ulong PacketsToClient { get; init; }

    public ulong BytesToClient { get; init; }
}
