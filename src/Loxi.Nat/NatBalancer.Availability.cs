using System.Collections.Immutable;
using Loxi.Nat.Health;
using Loxi.Nat.Statistics;

namespace Loxi.Nat;

/// <summary>Which services can serve, for whoever announces their addresses.</summary>
public sealed partial class NatBalancer
{
    /// <summary>
    /// Raised when <see cref="ReadAvailability"/> may have something new: services were applied, rules about endpoints were, or the health of an endpoint
    /// changed. From any thread; a handler must return soon and must not throw.
    /// </summary>
    public event Action? AvailabilityChanged;

    /// <summary>The services in force and whether they can serve. Reads no table of the kernel.</summary>
    /// <returns>A new list, in the order of the keys.</returns>
    public ImmutableArray<ServiceAvailability> ReadAvailability()
    {
        var services = Current.ToOrderedArray();
        var found = ImmutableArray.CreateBuilder<ServiceAvailability>(services.Length);
        lock (_gate)
        {
            foreach (var service in services)
            {
                if (_tables.Slots.TryGetValue(service.Key, out var slot))
                {
                    found.Add(new ServiceAvailability(service, NatStatistics.Locate(service, slot).Endpoints.Any(static e => e.IsActive)));
                }
            }
        }

        return found.DrainToImmutable();
    }
}
