using Loxi.Core.Services;

namespace Loxi.Node.Rest;

/// <summary>The source pools of this node. Changes are made one at a time, in force and saved when a task ends.</summary>
internal interface INodePools
{
    /// <summary>The pools in force.</summary>
    Task<SourcePools> ReadPoolsAsync(CancellationToken cancellationToken);

    /// <summary>Creates a pool or replaces the one of the same name (<see cref="State.PoolChange"/> has the rules). The pool is valid by itself.</summary>
    /// <exception cref="Nat.Tables.TableFullException">A table of the data plane has no room; nothing was changed.</exception>
    Task<PoolResult> PutPoolAsync(SourcePool pool, CancellationToken cancellationToken);

    /// <summary>Deletes a pool that no service uses.</summary>
    Task<PoolResult> DeletePoolAsync(string name, CancellationToken cancellationToken);
}
