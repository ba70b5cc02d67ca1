using System.Collections.Immutable;

namespace Loxi.Bgp.Policy;

/// <summary>Defined sets, compiled once however many statements name them.</summary>
internal sealed class PolicySets(BgpPolicies policies)
{
    private readonly Dictionary<string, PrefixMatcher> _prefixes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PrefixMatcher> _peers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AsPathMatcher> _asPaths = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, CommunityKind), CommunityMatcher> _communities = [];

    internal PrefixMatcher? Prefixes(BgpSetMatch? match)
        => match is null ? null : Get(_prefixes, match.Set, () => PrefixMatcher.Of(policies.PrefixSets.First(set => set.Name == match.Set)));

    internal PrefixMatcher? Peers(BgpSetMatch? match)
        => match is null ? null : Get(_peers, match.Set, () => PrefixMatcher.Of(policies.PeerSets.First(set => set.Name == match.Set).Networks));

    internal AsPathMatcher? AsPaths(BgpSetMatch? match)
        => match is null ? null : Get(_asPaths, match.Set, () => new AsPathMatcher(policies.AsPathSets.First(set => set.Name == match.Set)));

    internal CommunityMatcher? Communities(BgpSetMatch? match, CommunityKind kind)
    {
        ImmutableArray<BgpPatternSet> sets = kind switch
        {
            CommunityKind.Standard => policies.CommunitySets,
            CommunityKind.Extended => policies.ExtendedCommunitySets,
            _ => policies.LargeCommunitySets,
        };
        return match is null ? null : Get(_communities, (match.Set, kind), () => new CommunityMatcher(sets.First(set => set.Name == match.Set), kind));
    }

    private static TValue Get<TKey, TValue>(Dictionary<TKey, TValue> cache, TKey key, Func<TValue> make)
        where TKey : notnull
        => cache.TryGetValue(key, out var value) ? value : cache[key] = make();
}
