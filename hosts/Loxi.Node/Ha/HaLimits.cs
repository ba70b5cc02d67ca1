using Loxi.Ha.Announce;
using Loxi.Node.Roles;
using Loxi.Node.State;

namespace Loxi.Node.Ha;

/// <summary>What more VIP groups or addresses than can have roles would mean: some are served by every node. Pure.</summary>
internal static class HaLimits
{
    /// <summary>Why a change of services or pools goes too far; null where it does not. One that makes no more of either is never refused.</summary>
    /// <param name="before">What was desired before.</param>
    /// <param name="desired">What shall be.</param>
    /// <param name="posted">What a controller has posted.</param>
    public static string? Refuse(DesiredState before, DesiredState desired, RoleModel posted) => Refuse(() => Count(before, posted), Count(desired, posted));

    /// <summary>Why a post goes too far: by its group, or by its address; null where it does not. One that makes no more of either is never refused.</summary>
    /// <param name="desired">What is desired.</param>
    /// <param name="before">What was posted before.</param>
    /// <param name="after">With the post.</param>
    public static string? Refuse(DesiredState desired, RoleModel before, RoleModel after) => Refuse(() => Count(desired, before), Count(desired, after));

    private static string? Refuse(Func<(int Groups, int Addresses)> countBefore, (int Groups, int Addresses) after)
    {
        if (after is { Groups: <= HaSettings.MostGroups, Addresses: <= AnnouncerLimits.Addresses })
        {
            return null;
        }

        var before = countBefore();
        return after.Groups > HaSettings.MostGroups && after.Groups > before.Groups ? $"{after.Groups} VIP groups, expected at most {HaSettings.MostGroups} while roles are used"
            : after.Addresses > AnnouncerLimits.Addresses && after.Addresses > before.Addresses ? $"{after.Addresses} addresses in VIP groups, expected at most {AnnouncerLimits.Addresses} while roles are used"
            : null;
    }

    private static (int Groups, int Addresses) Count(DesiredState state, RoleModel posted)
    {
        var services = GroupSources.Of(posted).Apply(state.Services);
        return (
            VipGroupPlan.NamesOf(services, state.Pools, posted.Groups.Keys).Count,
            VipGroupPlan.AddressesOf(services, state.Pools).Select(static a => a.Address).ToHashSet().Count);
    }
}
