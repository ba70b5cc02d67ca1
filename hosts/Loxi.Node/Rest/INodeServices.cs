using Loxi.Api.Mapping;
using Loxi.Core.Services;

namespace Loxi.Node.Rest;

/// <summary>The services of this node, as the REST API changes and shows them. Changes are made one at a time, in force and saved when a task ends.</summary>
internal interface INodeServices
{
    /// <summary>Creates, replaces or deletes a service, or changes its endpoints (<see cref="State.DesiredChange"/> has the rules). The request could be read.</summary>
    /// <exception cref="Nat.Tables.TableFullException">A table of the data plane has no room; nothing was changed.</exception>
    /// <exception cref="Nat.InvalidServicesException">The data plane cannot do it here, e.g. because of a hook; nothing was changed.</exception>
    Task<ApplyResult> ApplyAsync(ServiceRequest request, CancellationToken cancellationToken);

    /// <summary>Deletes a service; false when there is none.</summary>
    Task<bool> DeleteAsync(ServiceKey key, CancellationToken cancellationToken);

    /// <summary>Deletes every service of a name; returns how many there were.</summary>
    Task<int> DeleteByNameAsync(string name, CancellationToken cancellationToken);

    /// <summary>Deletes every service; returns how many there were.</summary>
    Task<int> DeleteAllAsync(CancellationToken cancellationToken);

    /// <summary>The services in force with the live state of their endpoints.</summary>
    Task<IReadOnlyList<ServiceView>> ListAsync(CancellationToken cancellationToken);
}
