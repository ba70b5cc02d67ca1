using System.Collections.Immutable;
using Loxi.Core.Services;

namespace Loxi.Node.State;

/// <summary>What differs between two desired states: what a line of a journal holds.</summary>
/// <param name="Services">The services.</param>
/// <param name="PutPools">Pools that are new or differ.</param>
/// <param name="DeletedPools">Names of pools that are gone.</param>
internal sealed record StateDifference(ServiceModelDifference Services, ImmutableArray<SourcePool> PutPools, ImmutableArray<string> DeletedPools)
{
    public static StateDifference Between(DesiredState before, DesiredState after) => new(
        after.Services.DifferenceFrom(before.Services),
        ReferenceEquals(before.Pools, after.Pools) ? [] : [.. after.Pools.Where(pool => !before.Pools.TryGet(pool.Name, out var there) || !there.Equals(pool))],
        ReferenceEquals(before.Pools, after.Pools) ? [] : [.. before.Pools.Select(static pool => pool.Name).Where(name => !after.Pools.TryGet(name, out _))]);
}
