using Loxi.Core.Services;

namespace Loxi.Nat.Tables;

/// <summary>An endpoint of a service in the tables.</summary>
internal sealed class EndpointSlot(ServiceSlot owner, uint index, uint serial, EndpointState state)
{
    public ServiceSlot Owner { get; } = owner;

    public uint Index { get; } = index;

    /// <summary>Tells it from others that have had the index.</summary>
    public uint Serial { get; } = serial;

    public EndpointState State { get; set; } = state;

    public ServiceEndpoint Endpoint => State.Endpoint;

    /// <summary>Whether its connections go on.</summary>
    public bool Active { get; set; } = true;

    /// <summary>Whether it gets new connections.</summary>
    public bool IsMember => Active && !Endpoint.Draining;

    public bool Desired { get; set; }

    public RawEndpoint Written { get; set; }
}

/// <summary>What a change of its service may change of an endpoint.</summary>
/// <param name="Endpoint">The endpoint as the service has it.</param>
/// <param name="Sources">Its source addresses; null for none.</param>
/// <param name="FollowsNode">Whether they are the node's own, which follow the kernel's routes.</param>
/// <param name="Since">Tick at which it began to get connections again; 0 when it always did.</param>
/// <param name="Group">Number of the VIP group under which its address is claimed.</param>
internal readonly record struct EndpointState(ServiceEndpoint Endpoint, SourceRun? Sources, bool FollowsNode, uint Since, byte Group);
