using System.Collections.Immutable;
using Loxi.Core.Services;

namespace Loxi.Node.Ha;

/// <summary>Services whose endpoints see an address of the node, which does not move with a VIP group. Pure.</summary>
internal static class OwnSources
{
    /// <summary>Their names, or what clients connect to where they have none, in order.</summary>
    public static ImmutableArray<string> ServicesOf(ServiceModel services) =>
    [
        .. services.Where(static s => s is { Mode: not (NatMode.Dsr or NatMode.FullNat), SourcePool: null }
                && (s.Egress || s.Mode is NatMode.OneArm or NatMode.HostOneArm || s.Endpoints.Any(e => e.Address.AddressFamily != s.Key.Vip.AddressFamily)))
            .Select(static s => s.Name.Length != 0 ? s.Name : s.Key.ToString()).Order(StringComparer.Ordinal),
    ];
}
