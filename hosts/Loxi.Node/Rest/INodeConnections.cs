using Loxi.Api.V1;

namespace Loxi.Node.Rest;

/// <summary>The connection table of this node.</summary>
internal interface INodeConnections
{
    /// <summary>The connections that match (<see cref="ConnectionMatcher"/>), in no particular order, read while they change.</summary>
    IAsyncEnumerable<NodeConnection> ListAsync(ConnectionFilter filter, CancellationToken cancellationToken);

    /// <summary>How many connections match.</summary>
    Task<long> CountAsync(ConnectionFilter filter, CancellationToken cancellationToken);

    /// <summary>Removes the connections that match, both directions; returns how many there were.</summary>
    Task<long> DeleteAsync(ConnectionFilter filter, CancellationToken cancellationToken);
}
