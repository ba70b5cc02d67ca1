using System.Collections.Immutable;
using System.Net;

namespace Loxi.Core.Services;

/// <summary>
/// Finds everything that is wrong with a service or a model, independent of which functions this version has
/// (<see cref="SupportedFunctions"/> tells that). Fields are named as in the REST API.
/// </summary>
public static partial class ServiceValidator
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

    /// <summary>Checks the size of a model, each service in it, and that no two port ranges overlap.</summary>
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

        problems.AddRange(ValidateRanges(model));
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

    private static void ValidateProbe(ServiceProbe probe, ImmutableArray<Problem>.Builder problems)
    {
        if (probe.Type > ProbeType.Ping)
        {
            problems.Add(Problem.Of(ServiceFields.ProbeType, (int)probe.Type, "one of tcp, udp, sctp, http, https, ping, none"));
        }

        CheckText(ServiceFields.ProbeRequest, probe.Request, ServiceLimits.ProbeTextLength, problems);
        CheckText(ServiceFields.ProbeResponse, probe.Response, ServiceLimits.ProbeTextLength, problems);
        CheckSeconds(ServiceFields.ProbeTimeout, probe.Timeout, ServiceLimits.ProbeTimeoutSeconds, problems);

        if (probe.Retries is < 0 or > ServiceLimits.ProbeRetries)
        {
            problems.Add(Problem.Of(ServiceFields.ProbeRetries, probe.Retries, $"0 to {ServiceLimits.ProbeRetries}"));
        }
    }

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static void CheckSeconds(string field, TimeSpan time, int greatest, ImmutableArray<Problem>.Builder problems)
    {
        if (time < TimeSpan.Zero || time.TotalSeconds > greatest || time.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            problems.Add(Problem.Of(field, time.TotalSeconds, $"whole seconds from 0 to {greatest}"));
        }
    }

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
