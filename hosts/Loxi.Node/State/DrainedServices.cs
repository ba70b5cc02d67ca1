using System.Collections.Immutable;
using Loxi.Core.Services;
using Loxi.Nat.Health;

namespace Loxi.Node.State;

/// <summary>The desired services as the data plane has to have them: those endpoints drain too that are drained by hand, whatever services use them. Immutable.</summary>
internal sealed class DrainedServices
{
    private readonly ImmutableHashSet<HeldEndpoint> _endpoints;

    private DrainedServices(ImmutableHashSet<HeldEndpoint> endpoints, ServiceModel model) => (_endpoints, Model) = (endpoints, model);

    /// <summary>No services, and no endpoint that is drained by hand.</summary>
    public static DrainedServices None { get; } = new([], ServiceModel.Empty);

    /// <summary>The services with the endpoints drained.</summary>
    public ServiceModel Model { get; }

    /// <summary>The same endpoints after a change of the services; what the change does not touch stays the same object.</summary>
    public DrainedServices Follow(ServiceModel before, ServiceModel after)
    {
        if (_endpoints.IsEmpty)
        {
            return new DrainedServices(_endpoints, after);
        }

        var difference = after.DifferenceFrom(before);
        var model = difference.Removed.IsEmpty ? Model : Model.Without(difference.Removed.Select(static s => s.Key));
        foreach (var service in difference.Added.Concat(difference.Changed.Select(static c => c.To)))
        {
            model = model.With(Drain(service, _endpoints));
        }

        return new DrainedServices(_endpoints, model);
    }

    /// <summary>Services with endpoints drained.</summary>
    /// <param name="endpoints">All endpoints that are drained by hand.</param>
    /// <param name="desired">The services as they were asked for.</param>
    public static DrainedServices Of(ImmutableHashSet<HeldEndpoint> endpoints, ServiceModel desired)
    {
        if (endpoints.IsEmpty)
        {
            return new DrainedServices(endpoints, desired);
        }

        var model = desired;
        foreach (var service in desired)
        {
            model = model.With(Drain(service, endpoints));
        }

        return new DrainedServices(endpoints, model);
    }

    private static Service Drain(Service service, ImmutableHashSet<HeldEndpoint> endpoints)
    {
        bool IsMeant(ServiceEndpoint endpoint) => !endpoint.Draining && endpoints.Contains(new HeldEndpoint(endpoint.Address, service.Key.Protocol, endpoint.Port));
        return service.Endpoints.Any(IsMeant)
            ? service with { Endpoints = [.. service.Endpoints.Select(e => IsMeant(e) ? e with { Draining = true } : e)] }
            : service;
    }
}
