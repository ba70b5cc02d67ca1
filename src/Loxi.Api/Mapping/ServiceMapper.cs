using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Api.Mapping;

/// <summary>From the wire to the service model and back.</summary>
public static class ServiceMapper
{
    /// <summary>Reads a service from the wire and checks it completely: text forms, ranges, the rules of <see cref="ServiceValidator"/> and <see cref="SupportedFunctions"/>.</summary>
    /// <param name="entry">The service on the wire. Required members may be absent: that is a problem like any other.</param>
    /// <returns>The service, or every problem.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="entry"/> is null.</exception>
    public static ServiceMapping ToService(LoadbalanceEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new ServiceReader(entry).Read();
    }

    /// <summary>Reads what a request asks for: a service as <see cref="ToService"/> does, or endpoints to attach to one or to detach from it.</summary>
    /// <param name="entry">The service on the wire. Required members may be absent: that is a problem like any other.</param>
    /// <returns>The request, or every problem. The endpoints to attach are checked by themselves; whether they suit the service is for who has it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="entry"/> is null.</exception>
    public static ServiceRequest ToRequest(LoadbalanceEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new ServiceReader(entry).ReadRequest();
    }

    /// <summary>Writes a service to the wire. Zero values are left out; the timeout is the one in force.</summary>
    /// <param name="service">The service.</param>
    /// <param name="describe">State and counter of each endpoint, null to leave them out.</param>
    /// <returns>The service on the wire.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="service"/> is null.</exception>
    public static LoadbalanceEntry ToEntry(Service service, Func<ServiceEndpoint, (string State, string Counter)>? describe = null)
    {
        ArgumentNullException.ThrowIfNull(service);
        return ToEntry(service, service.EffectiveInactiveTimeout, describe);
    }

    /// <summary>Writes a service as it was asked for: like any other, but a timeout of zero stays away.</summary>
    /// <param name="service">The service.</param>
    /// <returns>The service on the wire.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="service"/> is null.</exception>
    public static LoadbalanceEntry ToDesiredEntry(Service service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return ToEntry(service, service.InactiveTimeout, null);
    }

    private static LoadbalanceEntry ToEntry(Service service, TimeSpan inactiveTimeout, Func<ServiceEndpoint, (string State, string Counter)>? describe)
    {
        var endpoints = new LoadbalanceEndpoint[service.Endpoints.Length];
        for (var i = 0; i < endpoints.Length; i++)
        {
            var endpoint = service.Endpoints[i];
            var (state, counter) = describe is null ? default : describe(endpoint);
            endpoints[i] = new LoadbalanceEndpoint
            {
                EndpointIP = endpoint.Address.ToString(),
                TargetPort = endpoint.Port,
                Weight = endpoint.Weight,
                State = endpoint.Draining ? EndpointStates.Draining : state,
                Counter = counter,
            };
        }

        return new LoadbalanceEntry
        {
            ServiceArguments = ToArguments(service, inactiveTimeout),
            Endpoints = endpoints,
            SecondaryIPs = service.SecondaryAddresses.IsEmpty ? null
                : [.. service.SecondaryAddresses.Select(static a => new SecondaryAddress { SecondaryIP = a.ToString() })],
            AllowedSources = service.AllowedSources.IsEmpty ? null
                : [.. service.AllowedSources.Select(static p => new AllowedSource { Prefix = p.ToString() })],
        };
    }

    private static LoadbalanceArguments ToArguments(Service service, TimeSpan inactiveTimeout)
    {
        var key = service.Key;
        return new LoadbalanceArguments
        {
            ExternalIP = key.Vip.ToString(),
            PrivateIP = service.PrivateAddress?.ToString(),
            Port = key.Port,
            PortMax = key.PortMax == key.Port ? null : key.PortMax,
            Protocol = ServiceProtocolNames.NameOf(key.Protocol),
            Selection = NonZero((long)service.Selection),
            Bgp = NonFalse(service.Bgp),
            Monitor = NonFalse(service.Monitor),
            ProbeType = NonEmpty(ProbeTypeNames.NameOf(service.Probe.Type)),
            ProbePort = NonZero(service.Probe.Port),
            ProbeRequest = NonEmpty(service.Probe.Request),
            ProbeResponse = NonEmpty(service.Probe.Response),
            ProbeTimeout = NonZero((long)service.Probe.Timeout.TotalSeconds),
            ProbeRetries = NonZero(service.Probe.Retries),
            Managed = NonFalse(service.Managed),
            Mode = NonZero((long)service.Mode),
            Security = NonZero((long)service.Security),
            Block = NonZero(key.Block),
            InactiveTimeout = NonZero((long)inactiveTimeout.TotalSeconds),
            Name = NonEmpty(service.Name),
            Host = NonEmpty(key.Host),
            ProxyProtocolV2 = NonFalse(service.ProxyProtocolV2),
            Egress = NonFalse(service.Egress),
            SourcePool = service.SourcePool,
            VipGroup = service.VipGroup == VipGroups.OfService(service.Name) ? null : service.VipGroup,
            Tunnel = service.Tunnel == TunnelMode.Auto ? null : TunnelModeNames.NameOf(service.Tunnel),
            ClampMss = NonFalse(service.ClampMss),
            SlowStart = NonZero((long)service.SlowStart.TotalSeconds),
            PersistTimeout = NonZero((long)service.PersistTimeout.TotalSeconds),
        };
    }

    private static long? NonZero(long value) => value == 0 ? null : value;

    private static bool? NonFalse(bool value) => value ? true : null;

    private static string? NonEmpty(string value) => value.Length == 0 ? null : value;
}
