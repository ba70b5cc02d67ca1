using Loxi.Core.Services;
using Loxi.Nat;
using Loxi.Nat.Health;
using Loxi.Node.Rest;

namespace Loxi.Node.Composition;

/// <summary>The endpoints of all services, each address, protocol and port once.</summary>
internal sealed class NodeEndpoints(NatBalancer balancer) : INodeEndpoints
{
    public IReadOnlyList<NodeEndpoint> List()
    {
        var probes = balancer.Probes.ToLookup(p => (p.Target.Address, p.Target.Port));
        return
        [
            .. balancer.ReadServices()
                .SelectMany(s => s.Endpoints.Select(e => (s.Service, Status: e)))
                .GroupBy(e => (e.Status.Endpoint.Address, e.Service.Key.Protocol, e.Status.Endpoint.Port))
                .Select(g => Describe(g.First().Service, g.First().Status.Endpoint, g.All(e => e.Status.IsActive), probes))
                .OrderBy(e => e.Address, Comparer<System.Net.IPAddress>.Create(AddressOrder.Compare)).ThenBy(e => e.Port),
        ];
    }

    private static NodeEndpoint Describe(Service service, ServiceEndpoint endpoint, bool healthy, ILookup<(System.Net.IPAddress Address, int Port), ProbeStatus> probes)
    {
        var port = service.Probe.Port != 0 ? service.Probe.Port : endpoint.Port;
        var status = service.Monitor ? probes[(endpoint.Address, port)].FirstOrDefault() : null;
        var probe = status is null
            ? new ServiceProbe { Type = ProbeType.None }
            : service.Probe with { Type = ProbeType.Tcp, Port = port, Timeout = status.Target.Settings.Period, Retries = status.Target.Settings.Fall };
        return new NodeEndpoint(endpoint.Address, service.Key.Protocol, endpoint.Port, probe, healthy)
        {
            Delay = status is { MinDelay: { } least, AverageDelay: { } mean, MaxDelay: { } most } ? (least, mean, most) : null,
        };
    }
}
