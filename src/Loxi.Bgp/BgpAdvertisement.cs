using System.Collections.Immutable;
using System.Net;

namespace Loxi.Bgp;

/// <summary>A prefix that shall be announced to all peers of its family. Immutable; compares by value.</summary>
/// <param name="Prefix">The prefix; bits beyond its length are 0.</param>
public sealed record BgpAdvertisement(IPNetwork Prefix)
{
    /// <summary>Next hop, of the prefix' family.</summary>
    /// <value>Default: null, the own address of each session.</value>
    public IPAddress? NextHop { get; init; }

    /// <summary>MULTI_EXIT_DISC, 0 (the best) to 4,294,967,295.</summary>
    /// <value>Default: null, none: most routers take that for 0.</value>
    public uint? Med { get; init; }

    /// <summary>LOCAL_PREF to iBGP peers; eBGP peers never get one (RFC 4271 5.1.5).</summary>
    /// <value>Default: null, 100.</value>
    public uint? LocalPreference { get; init; }

    /// <summary>How often the own AS is prepended more than it must, 0 to 10, to eBGP peers only: iBGP peers reject a path with their own AS.</summary>
    /// <value>Default: 0.</value>
    public int Prepend { get; init; }

    /// <summary>Communities (RFC 1997), each 32 bits, at most 64.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<uint> Communities { get; init; } = [];

    /// <summary>Extended communities (RFC 4360), each 64 bits, at most 64.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<ulong> ExtendedCommunities { get; init; } = [];

    /// <summary>Large communities (RFC 8092), at most 64.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<BgpLargeCommunity> LargeCommunities { get; init; } = [];

    /// <summary>Whether the values are the same.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>True when they are.</returns>
    public bool Equals(BgpAdvertisement? other)
        => other is not null && Prefix.Equals(other.Prefix) && Equals(NextHop, other.NextHop) && Med == other.Med && LocalPreference == other.LocalPreference
            && Prepend == other.Prepend && Communities.SequenceEqual(other.Communities) && ExtendedCommunities.SequenceEqual(other.ExtendedCommunities)
            && LargeCommunities.SequenceEqual(other.LargeCommunities);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Prefix, Med, LocalPreference, Prepend);
}
