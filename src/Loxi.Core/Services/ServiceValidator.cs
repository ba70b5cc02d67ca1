using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Loxi.Core.Services;

/// <summary>
/// Finds everything that is wrong with a service or a model, independent of which functions this version has
/// (<see cref="SupportedFunctions"/> tells that). Fields are named as in the REST API.
/// </summary>
public static class ServiceValidator
{
    /// <summary>Checks one service. Endpoints are named by their position in <see cref="Service.Endpoints"/>, which is sorted.</summary>
    /// <param name="service">The service.</param>
    /// <returns>All problems; empty when it is valid.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="service"/> is null.</exception>
    public static ImmutableArray<Problem> Validate(Service service) => Validate(service, default);

    /// <summary>Checks one service and names endpoints by the positions that the user gave them.</summary>
    /// <param name="service">The service.</param>
    /// <param name="positions">For each of <see cref="Service.Endpoints"/> its position in the user's list; empty = the same positions.</param>
    /// <returns>All problems; empty when it is valid.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="service"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="positions"/> is neither empty nor as long as the endpoints.</exception>
    public static ImmutableArray<Problem> Validate(Service service, ReadOnlySpan<int> positions)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (!positions.IsEmpty && positions.Length != service.Endpoints.Length)
        {
            throw new ArgumentException("There must be one position for each endpoint.", nameof(positions));
        }

        var problems = ImmutableArray.CreateBuilder<Problem>();
        ValidateKey(service, problems);
        ValidateSettings(service, problems);
        ValidateProbe(service.Probe, problems);
        ValidateAddresses(service, problems);
        ValidateEndpoints(service, positions, problems);
        return problems.DrainToImmutable();
    }

    /// <summary>Checks the size of a model and each service in it.</summary>
    /// <param name="model">The model.</param>
    /// <returns>All problems, each field preceded by the service's key; empty when the model is valid.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is null.</exception>
    public static ImmutableArray<Problem> Validate(ServiceModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        if (model.Count > ServiceLimits.Services)
        {
            problems.Add(Problem.Of("lbAttr", model.Count, $"at most {ServiceLimits.Services} services"));
        }

        foreach (var service in model)
        {
            foreach (var problem in Validate(service))
            {
                problems.Add(problem.Within($"{service.Key}: "));
            }
        }

        return problems.DrainToImmutable();
    }

    private static void ValidateKey(Service service, ImmutableArray<Problem>.Builder problems)
    {
        var key = service.Key;
        var hostMode = service.Mode == NatMode.HostOneArm;
        if (hostMode ? !IsUnspecified(key.Vip) : !AddressRules.IsUsable(key.Vip))
        {
            problems.Add(Problem.Of(ServiceFields.Vip, key.Vip, hostMode ? "0.0.0.0 or :: with mode 5" : AddressRules.Usable));
        }

        if (key.Protocol is not (ServiceProtocol.Tcp or ServiceProtocol.Udp or ServiceProtocol.Sctp or ServiceProtocol.Icmp))
        {
            problems.Add(Problem.Of(ServiceFields.Protocol, (byte)key.Protocol, "one of tcp, udp, sctp, icmp"));
        }
        else if (key.Protocol == ServiceProtocol.Icmp ? key.Port != 0 : key.Port == 0)
        {
            problems.Add(Problem.Of(ServiceFields.Port, key.Port, key.Protocol == ServiceProtocol.Icmp ? "0 with protocol icmp" : "1 to 65535"));
        }

        if (key.PortMax < key.Port || (key.Protocol == ServiceProtocol.Icmp && key.PortMax != key.Port))
        {
            problems.Add(Problem.Of(ServiceFields.PortMax, key.PortMax, key.Protocol == ServiceProtocol.Icmp ? "0 with protocol icmp" : $"{key.Port} to 65535"));
        }

        CheckText(ServiceFields.Host, key.Host, ServiceLimits.HostLength, problems);
    }

    private static void ValidateSettings(Service service, ImmutableArray<Problem>.Builder problems)
    {
        CheckText(ServiceFields.Name, service.Name, ServiceLimits.NameLength, problems);
        CheckEnum(ServiceFields.Selection, (int)service.Selection, (int)SelectionPolicy.N3, problems);
        CheckEnum(ServiceFields.Mode, (int)service.Mode, (int)NatMode.HostOneArm, problems);
        CheckEnum(ServiceFields.Security, (int)service.Security, (int)ServiceSecurity.EndToEndHttps, problems);
        if (service.Mode == NatMode.Dsr && service.Selection != SelectionPolicy.Hash)
        {
            problems.Add(Problem.Of(ServiceFields.Selection, (int)service.Selection, "1 (hash) with mode 3 (dsr)"));
        }

        if (service.InactiveTimeout < TimeSpan.Zero || service.InactiveTimeout > ServiceTimeouts.Maximum || !IsWholeSeconds(service.InactiveTimeout))
        {
            problems.Add(Problem.Of(ServiceFields.InactiveTimeout, service.InactiveTimeout.TotalSeconds, $"whole seconds from 0 to {(int)ServiceTimeouts.Maximum.TotalSeconds}"));
        }
    }

    private static void ValidateProbe(ServiceProbe probe, ImmutableArray<Problem>.Builder problems)
    {
        if (probe.Type > ProbeType.Ping)
        {
            problems.Add(Problem.Of(ServiceFields.ProbeType, (int)probe.Type, "one of tcp, udp, sctp, http, https, ping, none"));
        }

        CheckText(ServiceFields.ProbeRequest, probe.Request, ServiceLimits.ProbeTextLength, problems);
        CheckText(ServiceFields.ProbeResponse, probe.Response, ServiceLimits.ProbeTextLength, problems);
        if (probe.Timeout < TimeSpan.Zero || probe.Timeout.TotalSeconds > ServiceLimits.ProbeTimeoutSeconds || !IsWholeSeconds(probe.Timeout))
        {
            problems.Add(Problem.Of(ServiceFields.ProbeTimeout, probe.Timeout.TotalSeconds, $"whole seconds from 0 to {ServiceLimits.ProbeTimeoutSeconds}"));
        }

        if (probe.Retries is < 0 or > ServiceLimits.ProbeRetries)
        {
            problems.Add(Problem.Of(ServiceFields.ProbeRetries, probe.Retries, $"0 to {ServiceLimits.ProbeRetries}"));
        }
    }

    private static void ValidateAddresses(Service service, ImmutableArray<Problem>.Builder problems)
    {
        if (service.PrivateAddress is { } source && (!AddressRules.IsUsable(source) || source.AddressFamily != service.Key.Vip.AddressFamily))
        {
            problems.Add(Problem.Of(ServiceFields.PrivateAddress, source, $"{AddressRules.Usable} of the family of externalIP"));
        }

        for (var i = 0; i < service.SecondaryAddresses.Length; i++)
        {
            var address = service.SecondaryAddresses[i];
            if (!AddressRules.IsUsable(address) || address.AddressFamily != service.Key.Vip.AddressFamily)
            {
                problems.Add(Problem.Of(ServiceFields.SecondaryAddress(i), address, $"{AddressRules.Usable} of the family of externalIP"));
            }
        }

        for (var i = 0; i < service.AllowedSources.Length; i++)
        {
            var prefix = service.AllowedSources[i];
            if (prefix.BaseAddress.AddressFamily != service.Key.Vip.AddressFamily)
            {
                problems.Add(Problem.Of(ServiceFields.AllowedSource(i), prefix, "a prefix of the family of externalIP"));
            }
        }
    }

    private static void ValidateEndpoints(Service service, ReadOnlySpan<int> positions, ImmutableArray<Problem>.Builder problems)
    {
        if (service.Endpoints.Length is 0 or > ServiceLimits.EndpointsPerService)
        {
            problems.Add(Problem.Of(ServiceFields.Endpoints, service.Endpoints.Length, $"1 to {ServiceLimits.EndpointsPerService} endpoints"));
        }

        ServiceEndpoint? before = null;
        for (var i = 0; i < service.Endpoints.Length; i++)
        {
            var endpoint = service.Endpoints[i];
            ValidateEndpoint(service, endpoint, before, positions.IsEmpty ? i : positions[i], problems);
            before = endpoint;
        }
    }

    private static void ValidateEndpoint(Service service, ServiceEndpoint endpoint, ServiceEndpoint? before, int position, ImmutableArray<Problem>.Builder problems)
    {
        var key = service.Key;
        if (!AddressRules.IsUsable(endpoint.Address))
        {
            problems.Add(Problem.Of(ServiceFields.EndpointAddress(position), endpoint.Address, AddressRules.Usable));
        }
        else if (endpoint.Address.AddressFamily != key.Vip.AddressFamily)
        {
            problems.Add(Problem.Of(ServiceFields.EndpointAddress(position), endpoint.Address, $"an address of the family of externalIP {key.Vip}"));
        }
        else if (endpoint.Address.Equals(key.Vip))
        {
            problems.Add(Problem.Of(ServiceFields.EndpointAddress(position), endpoint.Address, "an address other than externalIP"));
        }

        if (key.Protocol == ServiceProtocol.Icmp ? endpoint.Port != 0 : endpoint.Port == 0)
        {
            problems.Add(Problem.Of(ServiceFields.EndpointPort(position), endpoint.Port, key.Protocol == ServiceProtocol.Icmp ? "0 with protocol icmp" : "1 to 65535"));
        }
        else if (service.Mode == NatMode.Dsr && endpoint.Port != key.Port)
        {
            problems.Add(Problem.Of(ServiceFields.EndpointPort(position), endpoint.Port, $"{key.Port}, the service's port, with mode 3 (dsr)"));
        }

        if (endpoint.Weight is < 1 or > ServiceLimits.Weight)
        {
            problems.Add(Problem.Of(ServiceFields.EndpointWeight(position), endpoint.Weight, $"1 to {ServiceLimits.Weight}"));
        }

        if (before is not null && before.Port == endpoint.Port && before.Address.Equals(endpoint.Address))
        {
            problems.Add(Problem.Of(ServiceFields.Endpoint(position), endpoint, "each address and port once"));
        }
    }

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool IsWholeSeconds(TimeSpan time) => time.Ticks % TimeSpan.TicksPerSecond == 0;

    private static void CheckEnum(string field, int value, int greatest, ImmutableArray<Problem>.Builder problems)
    {
        if (value < 0 || value > greatest)
        {
            problems.Add(Problem.Of(field, value, $"0 to {greatest}"));
        }
    }

    private static void CheckText(string field, string text, int longest, ImmutableArray<Problem>.Builder problems)
    {
        if (text.Length > longest || text.AsSpan().ContainsAnyInRange('\0', '\u001f') || text.Contains('\u007f', StringComparison.Ordinal))
        {
            problems.Add(Problem.Of(field, text, $"at most {longest} characters, none of them a control character"));
        }
    }
}
