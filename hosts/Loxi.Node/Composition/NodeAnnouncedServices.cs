using Loxi.Nat;
using Loxi.Node.Bgp;

namespace Loxi.Node.Composition;

/// <summary>The services of the balancer.</summary>
internal sealed class NodeAnnouncedServices(NatBalancer balancer) : IAnnouncedServices
{
    public event Action? Changed
    {
        add => balancer.AvailabilityChanged += value;
        remove => balancer.AvailabilityChanged -= value;
    }

    public IReadOnlyList<AnnouncedService> Read() => [.. balancer.ReadAvailability().Where(static s => s.Service.Bgp).Select(static s => new AnnouncedService(s.Service, s.IsServed))];
}
