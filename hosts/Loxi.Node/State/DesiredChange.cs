using Loxi.Core.Services;
using Loxi.Node.Rest;

namespace Loxi.Node.State;

/// <summary>What a creation does to the desired model. Pure.</summary>
internal static class DesiredChange
{
    /// <summary>
    /// The rule of <c>POST /netlox/v1/config/loadbalancer</c>: a service that does the same as the one there changes nothing,
    /// another one with the same key takes its place.
    /// </summary>
    public static ApplyOutcome CreateOrReplace(ServiceModel current, Service service, out ServiceModel desired)
    {
        desired = current;
        if (current.TryGet(service.Key, out var there))
        {
            if (there.IsEquivalentTo(service))
            {
                return ApplyOutcome.Unchanged;
            }

            desired = current.With(service);
            return ApplyOutcome.Replaced;
        }

        if (current.Count >= ServiceLimits.Services)
        {
            return ApplyOutcome.LimitReached;
        }

        desired = current.With(service);
        return ApplyOutcome.Created;
    }

    /// <summary>The model without the services of a name.</summary>
    public static ServiceModel WithoutName(ServiceModel current, string name) =>
        current.Without(current.Where(service => service.Name == name).Select(static service => service.Key));
}
