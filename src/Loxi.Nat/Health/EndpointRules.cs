using System.Collections.Immutable;

namespace Loxi.Nat.Health;

/// <summary>What is said about endpoints whatever services use them: how they are probed, and which are taken out of the choice by hand.</summary>
public sealed record EndpointRules
{
    /// <summary>Nothing is said: services alone decide.</summary>
    public static EndpointRules Empty { get; } = new();

    /// <summary>
    /// How places are probed; null = not at all. A place with settings is probed without a service too. For a service's endpoint they
    /// stand in for the defaults: what the service itself says about probes counts more. A TCP service takes the result without asking for it.
    /// </summary>
    /// <value>Default: empty.</value>
    public ImmutableDictionary<EndpointPlace, ProbeSettings?> Probes { get; init; } = ImmutableDictionary<EndpointPlace, ProbeSettings?>.Empty;

    /// <summary>Endpoints that get no new connections, whatever their probes say; their connections end as those of a dead endpoint do.</summary>
    /// <value>Default: empty.</value>
    public ImmutableHashSet<HeldEndpoint> Held { get; init; } = [];

    /// <summary>The probes that are made even if no service uses their endpoint.</summary>
    internal IEnumerable<ProbeTarget> Targets
    {
        get
        {
            foreach (var (place, settings) in Probes)
            {
                if (settings is not null)
                {
                    yield return new ProbeTarget(place.Address, place.Port, settings);
                }
            }
        }
    }
}
