using System.Net;
using Loxi.Core.Services;

namespace Loxi.Node.Endpoints;

/// <summary>Which endpoints of an address are meant.</summary>
/// <param name="Address">The address.</param>
/// <param name="Name">The name; empty for any.</param>
/// <param name="ProbeType">The type of the probe; <see cref="ProbeType.Default"/> for any.</param>
/// <param name="Port">The port; 0 for any.</param>
internal sealed record EndpointSelector(IPAddress Address, string Name, ProbeType ProbeType, ushort Port)
{
    public bool Matches(ConfiguredEndpoint endpoint) =>
        Address.Equals(endpoint.Address)
        && (Name.Length == 0 || Name == endpoint.EffectiveName)
        && (ProbeType == ProbeType.Default || ProbeType == endpoint.ProbeType)
        && (Port == 0 || Port == endpoint.Port);

    /// <summary>Whether an endpoint that is there only because a service uses it is meant; its type is that of its protocol, or none.</summary>
    public bool Matches(ServiceProtocol protocol, ServiceEndpoint endpoint) =>
        Address.Equals(endpoint.Address)
        && (Name.Length == 0 || Name == EndpointNames.Of(endpoint.Address, protocol, endpoint.Port))
        && (ProbeType is ProbeType.Default or ProbeType.None || ProbeTypeNames.NameOf(ProbeType) == ServiceProtocolNames.NameOf(protocol))
        && (Port == 0 || Port == endpoint.Port);
}
