using System.Collections.Immutable;

namespace Loxi.Bgp.Policy;

/// <summary>A named set of values or regular expressions; which ones depends on where the set stands in <see cref="BgpPolicies"/>. Immutable; compares by value.</summary>
/// <param name="Name">Its name, 1 to 128 printable characters.</param>
/// <param name="Patterns">Its members, each 1 to 256 characters, at most 10,000. A text that is no value is a regular expression; it is matched anywhere, in linear time, without look-around and back references.</param>
public sealed record BgpPatternSet(string Name, ImmutableArray<string> Patterns)
{
    /// <summary>Whether the values are the same.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>True when they are.</returns>
    public bool Equals(BgpPatternSet? other) => other is not null && Name == other.Name && Patterns.SequenceEqual(other.Patterns);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, Patterns.Length);
}
