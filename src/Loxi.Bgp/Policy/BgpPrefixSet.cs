using System.Collections.Immutable;

namespace Loxi.Bgp.Policy;

/// <summary>A named set of prefixes. Immutable; compares by value.</summary>
/// <param name="Name">Its name, 1 to 128 printable characters.</param>
/// <param name="Prefixes">Its members, at most 10,000; of one family or of both.</param>
public sealed record BgpPrefixSet(string Name, ImmutableArray<BgpPrefixRange> Prefixes)
{
    /// <summary>Whether the values are the same.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>True when they are.</returns>
    public bool Equals(BgpPrefixSet? other) => other is not null && Name == other.Name && Prefixes.SequenceEqual(other.Prefixes);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, Prefixes.Length);
}
