using Loxi.Api.Wire;
using Loxi.Node.Roles;

namespace Loxi.Node.Rest;

/// <summary>The roles of this node.</summary>
internal interface INodeRoles
{
    /// <summary>The roles now.</summary>
    RoleModel Roles { get; }

    /// <summary>Takes a role in. Posts are taken in one at a time.</summary>
    Task<RoleResult> PostAsync(ClusterState state, CancellationToken cancellationToken);
}
