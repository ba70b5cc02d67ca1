using Loxi.Nat.Health;
using Loxi.Node.Endpoints;

namespace Loxi.Node.Rest;

/// <summary>The endpoints of this node. Changes are made one at a time, in force and saved when a task ends.</summary>
internal interface INodeEndpoints
{
    /// <summary>The endpoints that services use, those that are configured and those with a state, each address, protocol and port once.</summary>
    IReadOnlyList<NodeEndpoint> List();

    /// <summary>Configures how an endpoint is probed (<see cref="EndpointModel"/> has the rule). The endpoint is valid.</summary>
    Task<EndpointOutcome> ConfigureAsync(ConfiguredEndpoint endpoint, CancellationToken cancellationToken);

    /// <summary>Takes back what was configured.</summary>
    Task<EndpointOutcome> RemoveAsync(EndpointSelector selector, CancellationToken cancellationToken);

    /// <summary>Sets the state of an endpoint by hand.</summary>
    Task<EndpointOutcome> SetStateAsync(HeldEndpoint endpoint, HandState state, CancellationToken cancellationToken);
}
