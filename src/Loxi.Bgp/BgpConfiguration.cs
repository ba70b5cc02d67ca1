using System.Collections.Immutable;
using Loxi.Bgp.Policy;

namespace Loxi.Bgp;

/// <summary>All that a speaker shall be and do, beside its announcements. Immutable; compares by value.</summary>
/// <param name="Speaker">Who it is.</param>
public sealed record BgpConfiguration(BgpSpeakerSettings Speaker)
{
    /// <summary>Its peers, each address once.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<BgpPeerSettings> Peers { get; init; } = [];

    /// <summary>Ranges of addresses from which peers may connect without being listed (dynamic neighbours).</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<BgpPeerRange> PeerRanges { get; init; } = [];

    /// <summary>Sets and policies that peers name.</summary>
    /// <value>Default: none.</value>
    public BgpPolicies Policies { get; init; } = new();

    /// <summary>Whether the values are the same.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>True when they are.</returns>
    public bool Equals(BgpConfiguration? other)
        => other is not null && Speaker == other.Speaker && Peers.SequenceEqual(other.Peers) && PeerRanges.SequenceEqual(other.PeerRanges) && Policies == other.Policies;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Speaker, Peers.Length, PeerRanges.Length);
}
