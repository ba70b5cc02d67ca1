using System.Collections.Immutable;

namespace Loxi.Bgp.Policy;

/// <summary>A named list of statements, tried in order until one accepts or rejects. Immutable; compares by value.</summary>
/// <param name="Name">Its name, 1 to 128 printable characters.</param>
/// <param name="Statements">Its statements, at most 1,000.</param>
public sealed record BgpPolicy(string Name, ImmutableArray<BgpPolicyStatement> Statements)
{
    /// <summary>Whether the values are the same.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>True when they are.</returns>
    public bool Equals(BgpPolicy? other) => other is not null && Name == other.Name && Statements.SequenceEqual(other.Statements);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, Statements.Length);
}
