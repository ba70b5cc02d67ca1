using System.Collections.Immutable;
using System.Net.Sockets;

namespace Loxi.Core.Services;

/// <content>The lists of a service: endpoints, further addresses, allowed sources.</content>
public static partial class ServiceValidator
{
    private static void ValidateAddresses(Service service, ImmutableArray<Problem>.Builder problems)
    {
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
        var expectedAddress = !AddressRules.IsUsable(endpoint.Address) ? AddressRules.Usable
            : endpoint.Address.Equals(service.Key.Vip) ? "an address other than externalIP"
            : ExpectedOfFamily(service, endpoint.Address.AddressFamily);
        if (expectedAddress is not null)
        {
            problems.Add(Problem.Of(ServiceFields.EndpointAddress(position), endpoint.Address, expectedAddress));
        }

        if (ExpectedPort(service, endpoint.Port) is { } expectedPort)
        {
            problems.Add(Problem.Of(ServiceFields.EndpointPort(position), endpoint.Port, expectedPort));
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

    /// <summary>What is expected instead of an endpoint of this family; null when the service can reach it. Pools are looked at by <see cref="SourcePoolValidator"/>.</summary>
    private static string? ExpectedOfFamily(Service service, AddressFamily family)
    {
        var key = service.Key;
        var isCross = family != key.Vip.AddressFamily;
        if (service.Mode == NatMode.FullNat && service.SourcePool is null)
        {
            // What the data plane takes: the private address where it is of the endpoint's family, else the VIP.
            return !isCross || service.PrivateAddress?.AddressFamily == family ? NotTranslated(key, isCross)
                : "an address of the family of externalIP or privateIP with mode 2 (fullnat), or a sourcePool with addresses of both families";
        }

        return service.Mode switch
        {
            NatMode.FullProxy => null,
            NatMode.Dsr => isCross && service.Tunnel == TunnelMode.None ? $"an address of the family of externalIP {key.Vip} with tunnel none" : null,
            _ => NotTranslated(key, isCross),
        };
    }

    private static string? NotTranslated(ServiceKey key, bool isCross) =>
        isCross && key.Protocol == ServiceProtocol.Sctp ? $"an address of the family of externalIP {key.Vip} with protocol sctp" : null;

    /// <summary>What is expected instead of this port; null when it is right.</summary>
    private static string? ExpectedPort(Service service, ushort port)
    {
        var key = service.Key;
        var isRange = key.PortMax > key.Port;
        if (key.Protocol == ServiceProtocol.Icmp)
        {
            return port == 0 ? null : "0 with protocol icmp";
        }

        if (service.Mode == NatMode.Dsr)
        {
            return port == key.Port || (isRange && port == 0) ? null : $"{key.Port}, the service's port{(isRange ? ", or 0" : "")}, with mode 3 (dsr)";
        }

        return port != 0 || isRange ? null : "1 to 65535; 0 keeps the client's, with a port range only";
    }
}
