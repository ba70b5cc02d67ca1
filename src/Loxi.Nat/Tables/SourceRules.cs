using System.Net;
using Loxi.Core.Services;

namespace Loxi.Nat.Tables;

/// <summary>Which addresses the connections of a service come from, as its endpoints see them. Pure.</summary>
internal static class SourceRules
{
    /// <summary>Whether the source is rewritten towards every endpoint of the service.</summary>
    public static bool IsRewritten(Service service) =>
        service.Mode != NatMode.Dsr
        && (service.SourcePool is not null || service.Egress || service.Mode is NatMode.OneArm or NatMode.FullNat or NatMode.HostOneArm);

    /// <summary>Whether packets are translated between the families on their way to an endpoint.</summary>
    public static bool IsCross(Service service, ServiceEndpoint endpoint) =>
        service.Mode != NatMode.Dsr && endpoint.Address.AddressFamily != service.Key.Vip.AddressFamily;

    /// <summary>Whether the source towards an endpoint is the node's own address: that of the rewritten packet, or of the tunnel.</summary>
    public static bool IsNodes(Service service, ServiceEndpoint endpoint)
    {
        if (service.Mode == NatMode.Dsr)
        {
            return true;
        }

        return service.SourcePool is null && service.Mode != NatMode.FullNat && (IsRewritten(service) || IsCross(service, endpoint));
    }

    /// <summary>
    /// The addresses, in the order in which clients are spread over them. Empty where the source stays the client's, and where there is none:
    /// the node has no way to the endpoint, or nothing of the endpoint's family.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="endpoint">Its endpoint.</param>
    /// <param name="pool">The pool that the service names; null when there is none.</param>
    /// <param name="node">The node's own address towards the endpoint; null when there is none.</param>
    public static IEnumerable<IPAddress> Of(Service service, ServiceEndpoint endpoint, SourcePool? pool, IPAddress? node)
    {
        var family = endpoint.Address.AddressFamily;
        if (IsNodes(service, endpoint))
        {
            return node is null ? [] : [node];
        }

        if (service.SourcePool is not null)
        {
            return pool?.Addresses.Where(a => a.AddressFamily == family) ?? [];
        }

        return service.Mode == NatMode.FullNat ? FullNatSource(service, family) : [];
    }

    private static IEnumerable<IPAddress> FullNatSource(Service service, System.Net.Sockets.AddressFamily family) =>
        service.PrivateAddress?.AddressFamily == family ? [service.PrivateAddress]
        : service.Key.Vip.AddressFamily == family ? [service.Key.Vip]
        : [];
}
