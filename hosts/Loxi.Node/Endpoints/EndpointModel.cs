using System.Collections.Immutable;
using Loxi.Core.Services;
using Loxi.Nat.Health;

namespace Loxi.Node.Endpoints;

/// <summary>What operators have said about endpoints. Immutable; a change makes another one.</summary>
internal sealed record EndpointModel
{
    /// <summary>Most endpoints that are configured, and most whose state is set by hand.</summary>
    public const int Limit = 16_384;

    public static EndpointModel Empty { get; } = new();

    public ImmutableDictionary<EndpointPlace, ConfiguredEndpoint> Configured { get; init; } = ImmutableDictionary<EndpointPlace, ConfiguredEndpoint>.Empty;

    /// <summary>States other than green.</summary>
    public ImmutableDictionary<HeldEndpoint, HandState> States { get; init; } = ImmutableDictionary<HeldEndpoint, HandState>.Empty;

    /// <summary>Configures an endpoint, or takes the place of what was configured for its address and port.</summary>
    public EndpointOutcome Configure(ConfiguredEndpoint endpoint, out EndpointModel desired)
    {
        desired = this;
        var place = new EndpointPlace(endpoint.Address, endpoint.Port);
        if (Configured.TryGetValue(place, out var there) ? there == endpoint : Configured.Count >= Limit)
        {
            return there is null ? EndpointOutcome.LimitReached : EndpointOutcome.Done;
        }

        desired = this with { Configured = Configured.SetItem(place, endpoint) };
        return EndpointOutcome.Done;
    }

    /// <summary>Takes back what was configured for the endpoints that are meant.</summary>
    public EndpointOutcome Remove(EndpointSelector selector, ServiceModel services, out EndpointModel desired)
    {
        desired = this;
        EndpointPlace[] meant = [.. Configured.Where(c => selector.Matches(c.Value)).Select(static c => c.Key)];
        if (meant.Length == 0)
        {
            return services.Any(s => s.Endpoints.Any(e => selector.Matches(s.Key.Protocol, e))) ? EndpointOutcome.InUse : EndpointOutcome.NotFound;
        }

        desired = this with { Configured = Configured.RemoveRange(meant) };
        return EndpointOutcome.Done;
    }

    /// <summary>
    /// Sets the state of an endpoint that a service uses, that is configured, or whose state was set before. The state stays when the
    /// last service goes: one that comes back finds it.
    /// </summary>
    public EndpointOutcome SetState(HeldEndpoint endpoint, HandState state, ServiceModel services, out EndpointModel desired)
    {
        desired = this;
        var hasState = States.TryGetValue(endpoint, out var before);
        if (!hasState && !IsKnown(endpoint, services))
        {
            return EndpointOutcome.NotFound;
        }

        if (before == state)
        {
            return EndpointOutcome.Done;
        }

        if (!hasState && States.Count >= Limit)
        {
            return EndpointOutcome.LimitReached;
        }

        desired = this with { States = state == HandState.Green ? States.Remove(endpoint) : States.SetItem(endpoint, state) };
        return EndpointOutcome.Done;
    }

    /// <summary>What the data plane has to follow.</summary>
    public EndpointRules ToRules() => new()
    {
        Probes = Configured.ToImmutableDictionary(static c => c.Key, static c => SettingsOf(c.Value)),
        Held = [.. States.Where(static s => s.Value == HandState.Red).Select(static s => s.Key)],
    };

    /// <summary>The endpoints that keep their connections and get no new ones.</summary>
    public ImmutableHashSet<HeldEndpoint> ToDrained() => [.. States.Where(static s => s.Value == HandState.Draining).Select(static s => s.Key)];

    /// <summary>How an endpoint is probed; null = not at all.</summary>
    public static ProbeSettings? SettingsOf(ConfiguredEndpoint endpoint)
    {
        if (endpoint.ProbeType == ProbeType.None)
        {
            return null;
        }

        var settings = new ProbeSettings();
        settings = endpoint.Period == 0 ? settings : settings with { Period = TimeSpan.FromSeconds(endpoint.Period) };
        return endpoint.Fall == 0 ? settings : settings with { Fall = endpoint.Fall };
    }

    /// <summary>A configured endpoint has no protocol: it is known by each.</summary>
    private bool IsKnown(HeldEndpoint endpoint, ServiceModel services) =>
        Configured.ContainsKey(new EndpointPlace(endpoint.Address, endpoint.Port))
        || services.Any(s => s.Key.Protocol == endpoint.Protocol && s.Endpoints.Any(e => e.Port == endpoint.Port && e.Address.Equals(endpoint.Address)));
}
