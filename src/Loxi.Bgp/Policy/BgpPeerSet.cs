using System.Collections.Immutable;
using System.Net;

namespace Loxi.Bgp.Policy;

/// <summary>A named set of peers (neighbours). Immutable; compares by value.</summary>
/// <param name="Name">Its name, 1 to 128 printable characters.</param>
/// <param name="Networks">The peers' addresses; one address is a network of full length. At most 10,000.</param>
public sealed record BgpPeerSet(string Name, ImmutableArray<IPNetwork> Networks)
{
    /// <summary>Whether the values are the same.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>True when they are.</returns>
    public bool Equals(BgpPeerSet? other) => other is not null && Name == other.Name && Networks.SequenceEqual(other.Networks);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, Networks.Length);
}
