using System.Net;
using Loxi.Core.Services;
using Loxi.Nat.Health;
using Loxi.Node.Rest;

namespace Loxi.Node.Endpoints;

/// <summary>
/// The endpoints as <c>GET /netlox/v1/config/endpoint/all</c> shows them: those that are configured, those that services use beside
/// them, and those that only have a state. A configured endpoint stands for TCP at its address and port. Pure.
/// </summary>
internal static class EndpointListing
{
    /// <summary>Makes the list, ordered by address, port and protocol.</summary>
    /// <param name="model">What operators have said.</param>
    /// <param name="used">The endpoints of services, each once for each service, and whether it gets connections there.</param>
    /// <param name="probes">What the probes found.</param>
    public static IReadOnlyList<NodeEndpoint> Make(
        EndpointModel model, IEnumerable<(Service Service, ServiceEndpoint Endpoint, bool Active)> used, IReadOnlyCollection<ProbeStatus> probes)
    {
        var byPlace = probes.ToLookup(static p => new EndpointPlace(p.Target.Address, (ushort)p.Target.Port));
        var byTarget = probes.ToDictionary(static p => p.Target);
        var byServices = used.ToLookup(static u => new HeldEndpoint(u.Endpoint.Address, u.Service.Key.Protocol, u.Endpoint.Port));
        IEnumerable<HeldEndpoint> keys = byServices.Select(static g => g.Key)
            .Concat(model.Configured.Keys.Select(static p => new HeldEndpoint(p.Address, ServiceProtocol.Tcp, p.Port)))
            .Concat(model.States.Keys);
        return
        [
            .. keys.Distinct()
                .Select(key => Describe(key, model, [.. byServices[key]], byPlace, byTarget))
                .OrderBy(static e => e.Address, Comparer<IPAddress>.Create(AddressOrder.Compare)).ThenBy(static e => e.Port).ThenBy(static e => e.Protocol),
        ];
    }

    private static NodeEndpoint Describe(
        HeldEndpoint key,
        EndpointModel model,
        (Service Service, ServiceEndpoint Endpoint, bool Active)[] users,
        ILookup<EndpointPlace, ProbeStatus> byPlace,
        Dictionary<ProbeTarget, ProbeStatus> byTarget)
    {
        var state = model.States.GetValueOrDefault(key);
        var active = state != HandState.Red && users.All(static u => u.Active);
        if (key.Protocol == ServiceProtocol.Tcp && model.Configured.TryGetValue(new EndpointPlace(key.Address, key.Port), out var configured))
        {
            return DescribeConfigured(configured, active, state, byTarget);
        }

        var service = users.Length == 0 ? null : users[0].Service;
        var port = service is { Monitor: true, Probe.Port: not 0 } ? service.Probe.Port : key.Port;
        var status = service is null ? null : byPlace[new EndpointPlace(key.Address, port)].FirstOrDefault(_ => service.Monitor);
        return new NodeEndpoint(key.Address, key.Protocol, key.Port, ProbeOf(service?.Probe ?? ServiceProbe.Default, port, status?.Target.Settings), active)
        {
            State = state,
            Delay = DelayOf(status),
        };
    }

    private static NodeEndpoint DescribeConfigured(ConfiguredEndpoint endpoint, bool active, HandState state, Dictionary<ProbeTarget, ProbeStatus> byTarget)
    {
        var settings = EndpointModel.SettingsOf(endpoint);
        var status = settings is null ? null : byTarget.GetValueOrDefault(new ProbeTarget(endpoint.Address, endpoint.Port, settings));
        return new NodeEndpoint(
            endpoint.Address, ServiceProtocol.Tcp, endpoint.Port, ProbeOf(ServiceProbe.Default, endpoint.Port, settings), active && status?.Health.IsUsable != false)
        {
            Name = endpoint.EffectiveName,
            State = state,
            Delay = DelayOf(status),
        };
    }

    private static ServiceProbe ProbeOf(ServiceProbe probe, ushort port, ProbeSettings? settings) => settings is null
        ? new ServiceProbe { Type = ProbeType.None }
        : probe with { Type = ProbeType.Tcp, Port = port, Timeout = settings.Period, Retries = settings.Fall };

    private static (TimeSpan Minimum, TimeSpan Average, TimeSpan Maximum)? DelayOf(ProbeStatus? status) =>
        status is { MinDelay: { } least, AverageDelay: { } mean, MaxDelay: { } most } ? (least, mean, most) : null;
}
