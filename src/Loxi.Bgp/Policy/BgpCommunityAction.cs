using System.Collections.Immutable;

namespace Loxi.Bgp.Policy;

/// <summary>Changes communities, extended or large ones. Immutable; compares by value.</summary>
/// <param name="Method">What is done.</param>
/// <param name="Communities">The communities as text: <c>65000:100</c> or a well-known name; <c>rt:65000:100</c>, <c>soo:192.0.2.1:5</c> or <c>0x</c> and 16 hexadecimal digits; <c>65000:1:2</c>.
/// To remove also regular expressions over these texts. At most 64.</param>
public sealed record BgpCommunityAction(BgpCommunityMethod Method, ImmutableArray<string> Communities)
{
    /// <summary>Whether the values are the same.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>True when they are.</returns>
    public bool Equals(BgpCommunityAction? other) => other is not null && Method == other.Method && Communities.SequenceEqual(other.Communities);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Method, Communities.Length);
}
