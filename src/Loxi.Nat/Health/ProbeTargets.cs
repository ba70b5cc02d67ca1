using Loxi.Core.Services;

namespace Loxi.Nat.Health;

/// <summary>Which endpoints of which services are probed, and how. Services that ask for the same share one probe.</summary>
internal static class ProbeTargets
{
    public static IEnumerable<ProbeTarget> Of(ServiceModel services) =>
        services.Where(IsProbed).SelectMany(s => s.Endpoints.Select(e => Of(s, e))).OfType<ProbeTarget>().Distinct();

    /// <summary>Null when the endpoint is not probed.</summary>
    public static ProbeTarget? Of(Service service, ServiceEndpoint endpoint) =>
        IsProbed(service) ? new ProbeTarget(endpoint.Address, service.Probe.Port != 0 ? service.Probe.Port : endpoint.Port, SettingsOf(service.Probe)) : null;

    /// <summary>Whether monitoring is asked for, without a probe that exists: TCP is the default of TCP services only.</summary>
    public static bool LacksProbe(Service service) => service.Monitor && service.Probe.Type != ProbeType.None && !IsProbed(service);

    private static bool IsProbed(Service service) =>
        service.Monitor && (service.Probe.Type == ProbeType.Tcp || (service.Probe.Type == ProbeType.Default && service.Key.Protocol == ServiceProtocol.Tcp));

    private static ProbeSettings SettingsOf(ServiceProbe probe)
    {
        var settings = new ProbeSettings();
        if (probe.Timeout > TimeSpan.Zero)
        {
            settings = settings with { Period = probe.Timeout };
        }

        return probe.Retries > 0 ? settings with { Fall = Math.Min(probe.Retries, 255) } : settings;
    }
}
