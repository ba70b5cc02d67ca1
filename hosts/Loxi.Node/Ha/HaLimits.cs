using System.Net;
using Loxi.Core.Services;
using Loxi.Ha.Announce;
using Loxi.Node.State;

namespace Loxi.Node.Ha;

/// <summary>What more VIP groups or addresses than can have roles would mean: some are served by every node. Pure.</summary>
internal static class HaLimits
{
    /// <summary>Why a change goes too far; null where it does not. One that makes no more of either is never refused.</summary>
    /// <param name="before">What was desired before.</param>
    /// <param name="desired">What shall be.</param>
    /// <param name="posted">Groups that a controller has named.</param>
    public static string? Refuse(DesiredState before, DesiredState desired, IEnumerable<string> posted)
    {
        var names = posted.ToHashSet(StringComparer.Ordinal);
        var (groups, addresses) = Count(desired, names);
        if (groups <= HaSettings.MostGroups && addresses <= AnnouncerLimits.Addresses)
        {
            return null;
        }

        var (groupsBefore, addressesBefore) = Count(before, names);
        return groups > HaSettings.MostGroups && groups > groupsBefore ? $"{groups} VIP groups, expected at most {HaSettings.MostGroups} while roles are used"
            : addresses > AnnouncerLimits.Addresses && addresses > addressesBefore ? $"{addresses} addresses in VIP groups, expected at most {AnnouncerLimits.Addresses} while roles are used"
            : null;
    }

    /// <summary>Why a group more goes too far; null where it does not. A role of one that is there is never refused.</summary>
    /// <param name="desired">What is desired.</param>
    /// <param name="posted">Groups that a controller has named.</param>
    /// <param name="group">The one that it names now.</param>
    public static string? Refuse(DesiredState desired, IEnumerable<string> posted, string group)
    {
        var names = posted.ToHashSet(StringComparer.Ordinal);
        var before = Count(desired, names).Groups;
        names.Add(group);
        var groups = Count(desired, names).Groups;
        return groups > HaSettings.MostGroups && groups > before ? $"{groups} VIP groups, expected at most {HaSettings.MostGroups}" : null;
    }

    /// <summary>The same groups and addresses that <see cref="VipGroupPlan"/> makes.</summary>
    private static (int Groups, int Addresses) Count(DesiredState state, HashSet<string> posted)
    {
        var groups = new HashSet<string>(posted, StringComparer.Ordinal) { VipGroups.Default };
        var addresses = new HashSet<IPAddress>();
        foreach (var service in state.Services)
        {
            groups.Add(service.VipGroup);
            addresses.UnionWith(service.SecondaryAddresses.Prepend(service.Key.Vip).Where(AddressRules.IsUsable));
            if (service.PrivateAddress is { } source)
            {
                addresses.Add(source);
            }
        }

        foreach (var pool in state.Pools)
        {
            groups.Add(pool.VipGroup);
            addresses.UnionWith(pool.Addresses);
        }

        return (groups.Count, addresses.Count);
    }
}
