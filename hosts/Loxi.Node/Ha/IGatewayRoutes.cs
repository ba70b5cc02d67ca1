using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Announce;

namespace Loxi.Node.Ha;

/// <summary>The gateways that the routes of this host have.</summary>
internal interface IGatewayRoutes
{
    /// <summary>Finds those that are to be watched. It may read a million routes: only when something of it has changed.</summary>
    /// <param name="interfaces">The interfaces that VIPs are on.</param>
    /// <param name="nodes">Addresses of other nodes, which are no gateways.</param>
    /// <exception cref="Linux.LinuxException">The kernel refused.</exception>
    ImmutableArray<TrackedGateway> Find(ImmutableHashSet<string> interfaces, ImmutableHashSet<IPAddress> nodes);

    /// <summary>Says when routes, links or addresses have changed so that <see cref="Find"/> may find others, and once when it begins to listen.</summary>
    /// <param name="cancellationToken">Ends the sequence with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="Linux.LinuxException">The kernel refused.</exception>
    IAsyncEnumerable<bool> WatchAsync(CancellationToken cancellationToken);
}
