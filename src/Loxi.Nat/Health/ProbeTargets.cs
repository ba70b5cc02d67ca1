using Loxi.Core.Services;

namespace Loxi.Nat.Health;

/// <summary>Which endpoints of which services are probed, and how. Services that ask for the same share one probe.</summary>
internal static class ProbeTargets
{
    /// <summary>Null when the endpoint is not probed.</summary>
    public static ProbeTarget? Of(Service service, ServiceEndpoint endpoint, EndpointRules rules)
    {
        var probe = service.Probe;
        var port = service.Monitor && probe.Port != 0 ? probe.Port : endpoint.Port;
        if (!rules.Probes.TryGetValue(new EndpointPlace(endpoint.Address, port), out var settings))
        {
            return IsProbed(service) ? new ProbeTarget(endpoint.Address, port, SettingsOf(service, new ProbeSettings())) : null;
        }

        // An operator's word on the place stands in for what the service leaves open, not for what it says.
        var says = service.Monitor && probe.Type == ProbeType.Tcp;
        var takes = settings is not null && probe.Type == ProbeType.Default && service.Key.Protocol == ServiceProtocol.Tcp;
        return says || takes ? new ProbeTarget(endpoint.Address, port, SettingsOf(service, settings ?? new ProbeSettings())) : null;
    }

    /// <summary>Whether monitoring is asked for, without a probe that exists: TCP is the default of TCP services only.</summary>
    public static bool LacksProbe(Service service) => service.Monitor && service.Probe.Type != ProbeType.None && !IsProbed(service);

    private static bool IsProbed(Service service) =>
        service.Monitor && (service.Probe.Type == ProbeType.Tcp || (service.Probe.Type == ProbeType.Default && service.Key.Protocol == ServiceProtocol.Tcp));

    private static ProbeSettings SettingsOf(Service service, ProbeSettings settings)
    {
        if (!service.Monitor)
        {
            return settings;
        }

        if (service.Probe.Timeout > TimeSpan.Zero)
        {
            settings = settings with { Period = service.Probe.Timeout };
        }

        return service.Probe.Retries > 0 ? settings with { Fall = Math.Min(service.Probe.Retries, 255) } : settings;
    }
}
