using Loxi.Core.Services;
using Loxi.Node.Rest;

namespace Loxi.Node.State;

/// <summary>What a request does to the desired source pools. Pure.</summary>
internal static class PoolChange
{
    /// <summary>The rule of <c>PUT /loxi/v1/pools/{name}</c>.</summary>
    public static PoolResult Put(DesiredState current, SourcePool pool, out SourcePools desired)
    {
        desired = current.Pools;
        if (!current.Pools.TryGet(pool.Name, out _) && current.Pools.Count >= ServiceLimits.SourcePools)
        {
            return new PoolResult(PoolOutcome.LimitReached);
        }

        var owned = SourcePoolValidator.ValidateOwners(pool, current.Pools);
        if (!owned.IsEmpty)
        {
            return new PoolResult(PoolOutcome.Owned, owned);
        }

        var changed = current.Pools.With(pool);
        var needed = SourcePoolValidator.Validate(current.Services, changed);
        if (!needed.IsEmpty)
        {
            return new PoolResult(PoolOutcome.InUse, needed);
        }

        desired = changed;
        return new PoolResult(PoolOutcome.Done);
    }

    /// <summary>The rule of <c>DELETE /loxi/v1/pools/{name}</c>.</summary>
    public static PoolResult Delete(DesiredState current, string name, out SourcePools desired)
    {
        desired = current.Pools;
        if (!current.Pools.TryGet(name, out _))
        {
            return new PoolResult(PoolOutcome.NotFound);
        }

        var changed = current.Pools.Without(name);
        var needed = SourcePoolValidator.Validate(current.Services, changed);
        if (!needed.IsEmpty)
        {
            return new PoolResult(PoolOutcome.InUse, needed);
        }

        desired = changed;
        return new PoolResult(PoolOutcome.Done);
    }
}
