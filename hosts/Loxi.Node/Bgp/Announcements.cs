using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Bgp;
using Loxi.Core.Services;
using Loxi.Node.Roles;

namespace Loxi.Node.Bgp;

/// <summary>Which VIPs are announced, and with which attributes. Pure.</summary>
internal static class Announcements
{
    /// <summary>GRACEFUL_SHUTDOWN (RFC 8326 4).</summary>
    public const uint GracefulShutdown = 0xFFFF0000;

    // One advertisement carries both: LOCAL_PREF goes to internal peers alone, and what is prepended to external ones alone. A MED is always
    // said: none would count as 0, which is the best.
    private const uint MasterMed = 10;
    private const uint BackupMed = 20;
    private const uint MasterPreference = 5_000;
    private const uint UsualPreference = 100;

    /// <summary>One advertisement for each VIP that a service with <c>bgp</c> has, in the order of the addresses. Of the groups of a VIP the one with the best role decides.</summary>
    public static ImmutableArray<BgpAdvertisement> Make(IEnumerable<AnnouncedService> services, RoleModel roles, AnnouncementOptions options)
    {
        var vips = new SortedDictionary<IPAddress, NodeRole>(Comparer<IPAddress>.Create(AddressOrder.Compare));
        foreach (var (service, isServed) in services)
        {
            if (!service.Bgp || (!isServed && !options.Unhealthy) || RoleIn(service.VipGroup, roles) is not { } role)
            {
                continue;
            }

            foreach (var vip in service.SecondaryAddresses.Prepend(service.Key.Vip))
            {
                vips[vip] = vips.TryGetValue(vip, out var other) && other == NodeRole.Master ? other : role;
            }
        }

        return [.. vips.Select(vip => Make(vip.Key, vip.Value, roles.AreUsed, options.IsLeaving))];
    }

    /// <summary>What has to be told so that the one becomes the other; both in the order of the addresses.</summary>
    public static (ImmutableArray<BgpAdvertisement> Announced, ImmutableArray<IPNetwork> Withdrawn) Difference(ImmutableArray<BgpAdvertisement> before, ImmutableArray<BgpAdvertisement> after)
    {
        var announced = ImmutableArray.CreateBuilder<BgpAdvertisement>();
        var withdrawn = ImmutableArray.CreateBuilder<IPNetwork>();
        var (i, j) = (0, 0);
        while (i < before.Length || j < after.Length)
        {
            var order = i == before.Length ? 1 : j == after.Length ? -1 : AddressOrder.Compare(before[i].Prefix.BaseAddress, after[j].Prefix.BaseAddress);
            if (order < 0)
            {
                withdrawn.Add(before[i++].Prefix);
                continue;
            }

            if (order > 0 || !before[i].Equals(after[j]))
            {
                announced.Add(after[j]);
            }

            i += order == 0 ? 1 : 0;
            j++;
        }

        return (announced.DrainToImmutable(), withdrawn.DrainToImmutable());
    }

    /// <summary>The role to announce with; null for not at all.</summary>
    private static NodeRole? RoleIn(string group, RoleModel roles)
    {
        var role = roles.AreUsed ? roles.RoleOf(group) : NodeRole.Master;
        return role is NodeRole.Master or NodeRole.Backup ? role : null;
    }

    private static BgpAdvertisement Make(IPAddress vip, NodeRole role, bool areRolesUsed, bool isLeaving)
    {
        var isBackup = role == NodeRole.Backup;
        return new BgpAdvertisement(new IPNetwork(vip, vip.AddressFamily == AddressFamily.InterNetwork ? 32 : 128))
        {
            Med = isBackup ? BackupMed : MasterMed,
            LocalPreference = isLeaving ? 0 : areRolesUsed && !isBackup ? MasterPreference : UsualPreference,
            Prepend = isBackup ? 1 : 0,
            Communities = isLeaving ? [GracefulShutdown] : [],
        };
    }
}
