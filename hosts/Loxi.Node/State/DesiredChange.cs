using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Node.Rest;

namespace Loxi.Node.State;

/// <summary>What a request does to the desired services. Pure.</summary>
internal static class DesiredChange
{
    /// <summary>The rules of <c>POST /netlox/v1/config/loadbalancer</c>.</summary>
    /// <param name="current">What is there.</param>
    /// <param name="request">What is asked for; it could be read.</param>
    /// <param name="desired">The services after it; those of <paramref name="current"/> where nothing was done.</param>
    public static ApplyResult Apply(DesiredState current, ServiceRequest request, out ServiceModel desired)
    {
        var service = request.Service ?? throw new ArgumentException("The request could not be read.", nameof(request));
        return request.Operation switch
        {
            ServiceOperation.Attach => Attach(current, service, request.Positions, out desired),
            ServiceOperation.Detach => Detach(current, service, request.Positions, out desired),
            _ => CreateOrReplace(current, service, request.Positions, out desired),
        };
    }

    /// <summary>The model without the services of a name.</summary>
    public static ServiceModel WithoutName(ServiceModel current, string name) =>
        current.Without(current.Where(service => service.Name == name).Select(static service => service.Key));

    /// <summary>A service that does the same as the one there changes nothing, another one with the same key takes its place.</summary>
    private static ApplyResult CreateOrReplace(DesiredState current, Service service, ImmutableArray<int> positions, out ServiceModel desired)
    {
        desired = current.Services;
        var isThere = current.Services.TryGet(service.Key, out var there);
        if (isThere && there!.IsEquivalentTo(service))
        {
            return new ApplyResult(ApplyOutcome.Unchanged);
        }

        if (!isThere && current.Services.Count >= ServiceLimits.Services)
        {
            return new ApplyResult(ApplyOutcome.LimitReached);
        }

        var problems = SourcePoolValidator.Validate(service, current.Pools, positions.AsSpan());
        // The ports of one that is there were looked at when it came.
        problems = isThere ? problems : problems.AddRange(ServiceValidator.ValidateRange(service.Key, current.Services));
        if (!problems.IsEmpty)
        {
            return new ApplyResult(ApplyOutcome.Refused, problems);
        }

        desired = current.Services.With(service);
        return new ApplyResult(isThere ? ApplyOutcome.Replaced : ApplyOutcome.Created);
    }

    /// <summary>Endpoints that the service has already get the weight and the state that were asked for.</summary>
    private static ApplyResult Attach(DesiredState current, Service asked, ImmutableArray<int> positions, out ServiceModel desired)
    {
        desired = current.Services;
        if (!current.Services.TryGet(asked.Key, out var there))
        {
            return new ApplyResult(ApplyOutcome.NoService);
        }

        var position = asked.Endpoints.Select((endpoint, i) => (endpoint, i)).ToDictionary(static e => PlaceOf(e.endpoint), e => positions[e.i]);
        var changed = there with { Endpoints = [.. there.Endpoints.Where(e => !position.ContainsKey(PlaceOf(e))), .. asked.Endpoints] };
        if (changed.Equals(there))
        {
            return new ApplyResult(ApplyOutcome.Unchanged);
        }

        // Those that were there before are right: only the ones of the request are ever named.
        int[] named = [.. changed.Endpoints.Select(e => position.GetValueOrDefault(PlaceOf(e)))];
        var problems = ServiceValidator.Validate(changed, named).AddRange(SourcePoolValidator.Validate(changed, current.Pools, named));
        if (!problems.IsEmpty)
        {
            return new ApplyResult(ApplyOutcome.Refused, problems);
        }

        desired = current.Services.With(changed);
        return new ApplyResult(ApplyOutcome.Replaced);
    }

    /// <summary>Weights and states do not count; the service goes with its last endpoint.</summary>
    private static ApplyResult Detach(DesiredState current, Service asked, ImmutableArray<int> positions, out ServiceModel desired)
    {
        desired = current.Services;
        if (!current.Services.TryGet(asked.Key, out var there))
        {
            return new ApplyResult(ApplyOutcome.NoService);
        }

        var kept = there.Endpoints.Select(PlaceOf).ToHashSet();
        var unknown = ImmutableArray.CreateBuilder<Problem>();
        for (var i = 0; i < asked.Endpoints.Length; i++)
        {
            if (!kept.Remove(PlaceOf(asked.Endpoints[i])))
            {
                unknown.Add(Problem.Of(ServiceFields.Endpoint(positions[i]), asked.Endpoints[i], $"an endpoint of {asked.Key}"));
            }
        }

        if (unknown.Count != 0)
        {
            return new ApplyResult(ApplyOutcome.NoEndpoint, unknown.DrainToImmutable());
        }

        if (kept.Count == 0)
        {
            desired = current.Services.Without(asked.Key);
            return new ApplyResult(ApplyOutcome.Deleted);
        }

        desired = current.Services.With(there with { Endpoints = there.Endpoints.RemoveAll(e => !kept.Contains(PlaceOf(e))) });
        return new ApplyResult(ApplyOutcome.Replaced);
    }

    private static (IPAddress Address, ushort Port) PlaceOf(ServiceEndpoint endpoint) => (endpoint.Address, endpoint.Port);
}
