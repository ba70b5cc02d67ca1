using System.Collections.Immutable;

namespace Loxi.Core.Services;

/// <summary>Which functions of the service model this version's data plane has. A service that asks for another one is refused, never served differently, but for one: monitoring
/// of a UDP or ICMP service that names no probe is accepted, because clients of loxilb ask for it by default, and the node warns that there is no such probe.</summary>
public static class SupportedFunctions
{
    /// <summary>Checks whether every function that a service asks for is there.</summary>
    /// <param name="service">A service.</param>
    /// <returns>One problem for each function that is not; empty when all are.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="service"/> is null.</exception>
    public static ImmutableArray<Problem> Check(Service service)
    {
        ArgumentNullException.ThrowIfNull(service);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        void Require(bool there, string field, object? value, string expected)
        {
            if (!there)
            {
                problems.Add(Problem.Of(field, value, expected + " in this version"));
            }
        }

        Require(service.Mode != NatMode.FullProxy, ServiceFields.Mode, (int)service.Mode, "0 (default), 1 (onearm), 2 (fullnat), 3 (dsr) or 5 (hostonearm); 4 (fullproxy) will be a function of its own and is not");
        Require(service.Selection is not (SelectionPolicy.N2 or SelectionPolicy.N3), ServiceFields.Selection, (int)service.Selection, "0 (rr), 1 (hash), 2 (wrr), 3 (persist) or 4 (lc)");
        Require(service.Key.Host.Length == 0, ServiceFields.Host, service.Key.Host, "none");
        Require(service.Security == ServiceSecurity.None, ServiceFields.Security, (int)service.Security, "0 (none)");
        Require(!service.ProxyProtocolV2, ServiceFields.ProxyProtocolV2, "true", "false");
        Require(service.SecondaryAddresses.IsEmpty, ServiceFields.SecondaryAddresses, string.Join(',', service.SecondaryAddresses), "none");
        Require(service.AllowedSources.IsEmpty, ServiceFields.AllowedSources, string.Join(',', service.AllowedSources), "none");
        Require(service.Probe.Type <= ProbeType.Tcp, ServiceFields.ProbeType, ProbeTypeNames.NameOf(service.Probe.Type), "tcp or none");
        Require(service.Probe.Request.Length == 0, ServiceFields.ProbeRequest, service.Probe.Request, "none");
        Require(service.Probe.Response.Length == 0, ServiceFields.ProbeResponse, service.Probe.Response, "none");
        return problems.DrainToImmutable();
    }
}
