using System.Collections.Immutable;

namespace Loxi.Bgp.Policy;

/// <summary>Policies of two configurations, while peers go from the one to the other.</summary>
internal static class PolicyMerge
{
    /// <summary>These, and those of <paramref name="before"/> whose names are not among them.</summary>
    internal static BgpPolicies With(this BgpPolicies policies, BgpPolicies? before) => before is null || before == policies ? policies : new BgpPolicies
    {
        PrefixSets = Both(policies.PrefixSets, before.PrefixSets, static set => set.Name),
        PeerSets = Both(policies.PeerSets, before.PeerSets, static set => set.Name),
        AsPathSets = Both(policies.AsPathSets, before.AsPathSets, static set => set.Name),
        CommunitySets = Both(policies.CommunitySets, before.CommunitySets, static set => set.Name),
        ExtendedCommunitySets = Both(policies.ExtendedCommunitySets, before.ExtendedCommunitySets, static set => set.Name),
        LargeCommunitySets = Both(policies.LargeCommunitySets, before.LargeCommunitySets, static set => set.Name),
        Policies = Both(policies.Policies, before.Policies, static policy => policy.Name),
    };

    private static ImmutableArray<T> Both<T>(ImmutableArray<T> first, ImmutableArray<T> second, Func<T, string> name)
    {
        var names = first.Select(name).ToHashSet(StringComparer.Ordinal);
        return [.. first, .. second.Where(item => !names.Contains(name(item)))];
    }
}
