using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Node.Bfd;

/// <summary>What became of a request about a BFD session, and why.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="Problems">Everything that is wrong; empty where <paramref name="Outcome"/> says all.</param>
internal sealed record BfdResult(BfdOutcome Outcome, ImmutableArray<Problem> Problems)
{
    public BfdResult(BfdOutcome outcome)
        : this(outcome, [])
    {
    }
}
