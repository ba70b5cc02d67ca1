using Loxi.Core.Services;

namespace Loxi.Nat.Tables;

/// <summary>service.flags. Pure.</summary>
internal static class ServiceFlags
{
    public static uint Of(Service service)
    {
        var isDsr = service.Mode == NatMode.Dsr;
        var flags = IsLoose(service) ? Shared.ServiceLoose : 0;
        flags |= SourceRules.IsRewritten(service) ? Shared.ServiceSnat : 0;
        flags |= isDsr ? Shared.ServiceDsr : 0;
        flags |= isDsr && service.Tunnel == TunnelMode.Ipip ? Shared.ServiceTunnel : 0;
        flags |= isDsr && service.Tunnel == TunnelMode.None ? Shared.ServiceNoTunnel : 0;
        flags |= service.ClampMss ? Shared.ServiceClampMss : 0;
        return (uint)flags;
    }

    /// <summary>
    /// Every node chooses alike, so a connection may be picked up in its middle: that is what survives the loss of a node. Not where a source
    /// address and port were given, which only the node that gave them knows.
    /// </summary>
    private static bool IsLoose(Service service) =>
        service.Selection is SelectionPolicy.Hash or SelectionPolicy.Persist
        && service.Mode is NatMode.Default or NatMode.Dsr
        && !SourceRules.IsRewritten(service)
        && !service.Endpoints.Any(e => SourceRules.IsCross(service, e));
}
