using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Loxi.Core.Services;

/// <summary>Finds everything that is wrong with source pools and with the services that use them. Fields are named as in the REST API.</summary>
public static class SourcePoolValidator
{
    /// <summary>Checks one pool by itself.</summary>
    /// <param name="pool">The pool.</param>
    /// <returns>All problems; empty when it is valid.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pool"/> is null.</exception>
    public static ImmutableArray<Problem> Validate(SourcePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        if (!NameRules.IsValid(pool.Name))
        {
            problems.Add(Problem.Of(SourcePoolFields.Name, pool.Name, NameRules.Expected));
        }

        if (!NameRules.IsValid(pool.VipGroup))
        {
            problems.Add(Problem.Of(SourcePoolFields.VipGroup, pool.VipGroup, NameRules.Expected));
        }

        if (pool.Addresses.Length is 0 or > ServiceLimits.AddressesPerPool)
        {
            problems.Add(Problem.Of(SourcePoolFields.Addresses, pool.Addresses.Length, $"1 to {ServiceLimits.AddressesPerPool} addresses"));
        }

        var seen = new HashSet<IPAddress>();
        for (var i = 0; i < pool.Addresses.Length; i++)
        {
            var address = pool.Addresses[i];
            if (!AddressRules.IsUsable(address))
            {
                problems.Add(Problem.Of(SourcePoolFields.Address(i), address, AddressRules.Usable));
            }
            else if (!seen.Add(address))
            {
                problems.Add(Problem.Of(SourcePoolFields.Address(i), address, "each address once"));
            }
        }

        return problems.DrainToImmutable();
    }

    /// <summary>Checks each pool and that no two groups have an address in common.</summary>
    /// <param name="pools">The pools.</param>
    /// <returns>All problems, each field preceded by the pool's name; empty when they are valid.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pools"/> is null.</exception>
    public static ImmutableArray<Problem> Validate(SourcePools pools)
    {
        ArgumentNullException.ThrowIfNull(pools);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        if (pools.Count > ServiceLimits.SourcePools)
        {
            problems.Add(Problem.Of("pools", pools.Count, $"at most {ServiceLimits.SourcePools} pools"));
        }

        var owners = new Dictionary<IPAddress, SourcePool>();
        foreach (var pool in pools)
        {
            problems.AddRange(Validate(pool).Select(p => p.Within($"pool {pool.Name}: ")));
            for (var i = 0; i < pool.Addresses.Length; i++)
            {
                if (!owners.TryAdd(pool.Addresses[i], pool) && owners[pool.Addresses[i]] is var owner && owner.VipGroup != pool.VipGroup)
                {
                    problems.Add(Owned(pool, i, owner).Within($"pool {pool.Name}: "));
                }
            }
        }

        return problems.DrainToImmutable();
    }

    /// <summary>Finds addresses of a pool that pools of other groups have: an address moves with one group.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="others">The pools beside it; one of the same name does not count.</param>
    /// <returns>One problem for each such address; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException">A parameter is null.</exception>
    public static ImmutableArray<Problem> ValidateOwners(SourcePool pool, SourcePools others)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(others);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var other in others.Where(o => o.Name != pool.Name && o.VipGroup != pool.VipGroup))
        {
            for (var i = 0; i < pool.Addresses.Length; i++)
            {
                if (other.Addresses.Contains(pool.Addresses[i]))
                {
                    problems.Add(Owned(pool, i, other));
                }
            }
        }

        return problems.DrainToImmutable();
    }

    /// <summary>Checks that the pool that a service names is there, is of its group, has addresses of the families of its endpoints, and none of theirs.</summary>
    /// <param name="service">The service.</param>
    /// <param name="pools">The pools.</param>
    /// <param name="positions">For each of <see cref="Service.Endpoints"/> its position in the user's list; empty = the same positions.</param>
    /// <returns>All problems; empty when there is none, or the service names no pool.</returns>
    /// <exception cref="ArgumentNullException">A parameter is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="positions"/> is neither empty nor as long as the endpoints.</exception>
    public static ImmutableArray<Problem> Validate(Service service, SourcePools pools, ReadOnlySpan<int> positions = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(pools);
        if (!positions.IsEmpty && positions.Length != service.Endpoints.Length)
        {
            throw new ArgumentException("There must be one position for each endpoint.", nameof(positions));
        }

        if (service.SourcePool is not { } name)
        {
            return [];
        }

        if (!pools.TryGet(name, out var pool))
        {
            return [Problem.Of(ServiceFields.SourcePool, name, pools.Count == 0 ? "a source pool of this node, which has none" : $"one of the source pools {string.Join(", ", pools.Take(8).Select(static p => p.Name))}{(pools.Count > 8 ? ", ..." : "")}")];
        }

        if (pool.VipGroup != service.VipGroup)
        {
            return [Problem.Of(ServiceFields.SourcePool, name, $"a pool of the VIP group {service.VipGroup}; {name} is of {pool.VipGroup}")];
        }

        var problems = ImmutableArray.CreateBuilder<Problem>();
        var given = pool.Addresses.ToHashSet();
        for (var i = 0; i < service.Endpoints.Length; i++)
        {
            if (given.Contains(service.Endpoints[i].Address))
            {
                problems.Add(Problem.Of(ServiceFields.EndpointAddress(positions.IsEmpty ? i : positions[i]), service.Endpoints[i].Address, $"an address that the source pool {name} does not give"));
            }
        }

        foreach (var family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            var first = FirstOf(service, family);
            if (first >= 0 && !pool.Addresses.Any(a => a.AddressFamily == family))
            {
                var position = positions.IsEmpty ? first : positions[first];
                problems.Add(Problem.Of(ServiceFields.EndpointAddress(position), service.Endpoints[first].Address, $"an address of a family that the source pool {name} has addresses of"));
            }
        }

        return problems.DrainToImmutable();
    }

    /// <summary>Checks every service of a model against the pools, e.g. before a pool changes or goes.</summary>
    /// <param name="model">The services.</param>
    /// <param name="pools">The pools.</param>
    /// <returns>All problems, each field preceded by the service's key; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException">A parameter is null.</exception>
    public static ImmutableArray<Problem> Validate(ServiceModel model, SourcePools pools)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pools);
        return [.. model.Where(static s => s.SourcePool is not null).SelectMany(s => Validate(s, pools).Select(p => p.Within($"{s.Key}: ")))];
    }

    private static int FirstOf(Service service, AddressFamily family)
    {
        for (var i = 0; i < service.Endpoints.Length; i++)
        {
            if (service.Endpoints[i].Address.AddressFamily == family)
            {
                return i;
            }
        }

        return -1;
    }

    private static Problem Owned(SourcePool pool, int index, SourcePool owner) =>
        Problem.Of(SourcePoolFields.Address(index), pool.Addresses[index], $"an address of no other VIP group; the pool {owner.Name} of {owner.VipGroup} has it");
}
