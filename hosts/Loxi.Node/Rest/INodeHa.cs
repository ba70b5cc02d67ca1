using Loxi.Api.V1;
using Loxi.Node.Ha;

namespace Loxi.Node.Rest;

/// <summary>Who serves, as this node sees it.</summary>
internal interface INodeHa
{
    /// <summary>Reads all; null where there are no roles.</summary>
    Task<HaReading?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>What on the host stands against a failover.</summary>
    Task<IReadOnlyList<HaFinding>> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Keeps the node a backup in a group; survives a restart. False when there is no such group, or the nodes do not decide.</summary>
    Task<bool> PinAsync(string group, CancellationToken cancellationToken);

    /// <summary>Takes a pin away. False when there is no such group, or the nodes do not decide.</summary>
    Task<bool> UnpinAsync(string group, CancellationToken cancellationToken);
}
