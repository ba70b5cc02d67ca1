using Loxi.Core.Connections;
using Loxi.Nat.Connections;

namespace Loxi.Node.Ha;

/// <summary>The connections that are kept like those of other nodes.</summary>
/// <param name="Table">The connections.</param>
/// <param name="Capacity">How many fit, for each address family.</param>
/// <param name="Timeouts">Silence after which they end.</param>
/// <param name="Persistence">The clients of services with persist selection; null where there are none.</param>
internal sealed record SyncedConnections(IConnectionTable Table, long Capacity, ConnectionTimeouts Timeouts, IPersistenceTable? Persistence = null);
