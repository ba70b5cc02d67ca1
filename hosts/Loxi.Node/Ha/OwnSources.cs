using System.Collections.Immutable;
using Loxi.Core.Services;

namespace Loxi.Node.Ha;

/// <summary>Services whose endpoints see an address of the node, which does not move with a VIP group. Pure.</summary>
internal static class OwnSources
{
    /// <summary>Their names, or what clients connect to where they have none, in order.</summary>
    public static ImmutableArray<string> ServicesOf(ServiceModel services) =>
    [
        .. services.Where(static s => s is { Mode: NatMode.OneArm or NatMode.HostOneArm, SourcePool: null })
            .Select(static s => s.Name.Length != 0 ? s.Name : s.Key.ToString()).Order(StringComparer.Ordinal),
    ];
}
