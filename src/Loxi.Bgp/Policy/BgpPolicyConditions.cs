using System.Collections.Immutable;
using System.Net;

namespace Loxi.Bgp.Policy;

/// <summary>What a route must be for a statement; all conditions that are set must hold, none holds for every route. Immutable; compares by value.</summary>
public sealed record BgpPolicyConditions
{
    /// <summary>The route's prefix: <see cref="BgpMatchOption.Any"/> or <see cref="BgpMatchOption.Invert"/>.</summary>
    /// <value>Default: null, any.</value>
    public BgpSetMatch? PrefixSet { get; init; }

    /// <summary>The peer that the route came from (import) or goes to (export): <see cref="BgpMatchOption.Any"/> or <see cref="BgpMatchOption.Invert"/>.</summary>
    /// <value>Default: null, any.</value>
    public BgpSetMatch? PeerSet { get; init; }

    /// <summary>Its AS_PATH.</summary>
    /// <value>Default: null, any.</value>
    public BgpSetMatch? AsPathSet { get; init; }

    /// <summary>Its communities (RFC 1997).</summary>
    /// <value>Default: null, any.</value>
    public BgpSetMatch? CommunitySet { get; init; }

    /// <summary>Its extended communities (RFC 4360).</summary>
    /// <value>Default: null, any.</value>
    public BgpSetMatch? ExtendedCommunitySet { get; init; }

    /// <summary>Its large communities (RFC 8092).</summary>
    /// <value>Default: null, any.</value>
    public BgpSetMatch? LargeCommunitySet { get; init; }

    /// <summary>The length of its AS_PATH.</summary>
    /// <value>Default: null, any.</value>
    public BgpAsPathLength? AsPathLength { get; init; }

    /// <summary>Networks of which one holds its next hop; one address is a network of full length.</summary>
    /// <value>Default: none, any next hop.</value>
    public ImmutableArray<IPNetwork> NextHops { get; init; } = [];

    /// <summary>Where it is from.</summary>
    /// <value>Default: null, anywhere.</value>
    public BgpRouteType? RouteType { get; init; }

    /// <summary>Its family.</summary>
    /// <value>Default: none, any.</value>
    public ImmutableArray<BgpFamily> Families { get; init; } = [];

    /// <summary>Whether the values are the same.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>True when they are.</returns>
    public bool Equals(BgpPolicyConditions? other)
        => other is not null && PrefixSet == other.PrefixSet && PeerSet == other.PeerSet && AsPathSet == other.AsPathSet && CommunitySet == other.CommunitySet
            && ExtendedCommunitySet == other.ExtendedCommunitySet && LargeCommunitySet == other.LargeCommunitySet && AsPathLength == other.AsPathLength
            && NextHops.SequenceEqual(other.NextHops) && RouteType == other.RouteType && Families.SequenceEqual(other.Families);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(PrefixSet, PeerSet, AsPathSet, CommunitySet, AsPathLength, RouteType);
}
