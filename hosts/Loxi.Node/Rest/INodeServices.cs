using Loxi.Core.Services;

namespace Loxi.Node.Rest;

/// <summary>The services of this node, as the REST API changes and shows them. Changes are made one at a time, in force and saved when a task ends.</summary>
internal interface INodeServices
{
    /// <summary>Creates a service or replaces the one with the same key (<see cref="State.DesiredChange"/> has the rule). The service is valid and asks only for functions that exist.</summary>
    /// <exception cref="Nat.Tables.TableFullException">A table of the data plane has no room; nothing was changed.</exception>
    Task<ApplyOutcome> CreateOrReplaceAsync(Service service, CancellationToken cancellationToken);

    /// <summary>Deletes a service; false when there is none.</summary>
    Task<bool> DeleteAsync(ServiceKey key, CancellationToken cancellationToken);

    /// <summary>Deletes every service of a name; returns how many there were.</summary>
    Task<int> DeleteByNameAsync(string name, CancellationToken cancellationToken);

    /// <summary>Deletes every service; returns how many there were.</summary>
    Task<int> DeleteAllAsync(CancellationToken cancellationToken);

    /// <summary>The services in force with the live state of their endpoints.</summary>
    Task<IReadOnlyList<ServiceView>> ListAsync(CancellationToken cancellationToken);
}
