using System.Collections.Immutable;

namespace Loxi.Bgp.Policy;

/// <summary>All defined sets and policies of a speaker; peers name those that apply to them. Immutable; compares by value.</summary>
public sealed record BgpPolicies
{
    /// <summary>Sets of prefixes.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<BgpPrefixSet> PrefixSets { get; init; } = [];

    /// <summary>Sets of peers.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<BgpPeerSet> PeerSets { get; init; } = [];

    /// <summary>Sets of regular expressions over AS_PATH as <c>64500 64501 {64502,64503}</c>; <c>_</c> is a border of a number.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<BgpPatternSet> AsPathSets { get; init; } = [];

    /// <summary>Sets of communities: <c>65000:100</c>, a number, a well-known name as <c>no-export</c>, or a regular expression over <c>65000:100</c>.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<BgpPatternSet> CommunitySets { get; init; } = [];

    /// <summary>Sets of extended communities: <c>rt:65000:100</c>, <c>soo:192.0.2.1:5</c>, <c>0x</c> and 16 hexadecimal digits, or a regular expression over these.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<BgpPatternSet> ExtendedCommunitySets { get; init; } = [];

    /// <summary>Sets of large communities: <c>65000:1:2</c>, or a regular expression over it.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<BgpPatternSet> LargeCommunitySets { get; init; } = [];

    /// <summary>The policies.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<BgpPolicy> Policies { get; init; } = [];

    /// <summary>Whether the values are the same.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>True when they are.</returns>
    public bool Equals(BgpPolicies? other)
        => other is not null && PrefixSets.SequenceEqual(other.PrefixSets) && PeerSets.SequenceEqual(other.PeerSets) && AsPathSets.SequenceEqual(other.AsPathSets)
            && CommunitySets.SequenceEqual(other.CommunitySets) && ExtendedCommunitySets.SequenceEqual(other.ExtendedCommunitySets)
            && LargeCommunitySets.SequenceEqual(other.LargeCommunitySets) && Policies.SequenceEqual(other.Policies);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(PrefixSets.Length, PeerSets.Length, AsPathSets.Length, CommunitySets.Length, Policies.Length);
}
