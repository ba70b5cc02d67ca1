using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Node.Bgp;

/// <summary>What became of a request about BGP, and why.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="Problems">Everything that is wrong; empty where <paramref name="Outcome"/> says all.</param>
internal sealed record BgpResult(BgpOutcome Outcome, ImmutableArray<Problem> Problems)
{
    public BgpResult(BgpOutcome outcome)
        : this(outcome, [])
    {
    }
}
