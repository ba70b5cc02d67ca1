using System.Collections.Immutable;
using System.Net;
using Loxi.Api.V1;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Api.Mapping;

/// <summary>Source pools from the wire to the service model and back.</summary>
public static class PoolMapper
{
    /// <summary>Reads a pool from the wire and checks it: text forms and the rules of <see cref="SourcePoolValidator"/>.</summary>
    /// <param name="wire">The pool on the wire.</param>
    /// <param name="name">Its name where something else says it, which <see cref="Pool.Name"/> must not contradict; null = that member says it.</param>
    /// <returns>The pool, or every problem.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="wire"/> is null.</exception>
    public static PoolMapping ToPool(Pool wire, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(wire);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        if (name is not null && wire.Name is not null && wire.Name != name)
        {
            problems.Add(Problem.Of(SourcePoolFields.Name, wire.Name, $"{name}, the name in the path, or none"));
        }

        var addresses = ImmutableArray.CreateBuilder<IPAddress>();
        var positions = new List<int>();
        var texts = wire.Addresses is { Count: <= ServiceLimits.AddressesPerPool } list ? list : [];
        for (var i = 0; i < texts.Count; i++)
        {
            if (AddressText.TryParse(texts[i], out var address))
            {
                addresses.Add(address);
                positions.Add(i);
            }
            else
            {
                problems.Add(Problem.Of(SourcePoolFields.Address(i), texts[i], "an IPv4 or IPv6 address"));
            }
        }

        var pool = new SourcePool { Name = name ?? wire.Name ?? "", VipGroup = VipGroups.Resolve(wire.VipGroup), Addresses = addresses.DrainToImmutable() };
        foreach (var problem in SourcePoolValidator.Validate(pool))
        {
            if (problem.Field != SourcePoolFields.Addresses)
            {
                problems.Add(AtPosition(problem, positions));
            }
            else if (texts.Count == 0)
            {
                // Else each of them has been reported as unreadable.
                problems.Add(problem with { Value = $"{wire.Addresses?.Count ?? 0}" });
            }
        }

        return new PoolMapping(pool, problems.DrainToImmutable());
    }

    /// <summary>Writes a pool to the wire.</summary>
    /// <param name="pool">The pool.</param>
    /// <returns>The pool on the wire.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pool"/> is null.</exception>
    public static Pool ToWire(SourcePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return new Pool { Name = pool.Name, VipGroup = pool.VipGroup, Addresses = [.. pool.Addresses.Select(static a => a.ToString())] };
    }

    /// <summary>The position of an address in the request, where some of the request could not be read.</summary>
    private static Problem AtPosition(Problem problem, List<int> positions)
    {
        for (var i = 0; i < positions.Count; i++)
        {
            if (positions[i] != i && problem.Field == SourcePoolFields.Address(i))
            {
                return problem with { Field = SourcePoolFields.Address(positions[i]) };
            }
        }

        return problem;
    }
}
