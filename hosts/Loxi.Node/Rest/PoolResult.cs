using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Node.Rest;

/// <summary>What became of a request about a source pool, and why.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="Problems">What stands against it, where <paramref name="Outcome"/> is <see cref="PoolOutcome.InUse"/> or <see cref="PoolOutcome.Owned"/>; else empty.</param>
internal sealed record PoolResult(PoolOutcome Outcome, ImmutableArray<Problem> Problems)
{
    public PoolResult(PoolOutcome outcome)
        : this(outcome, [])
    {
    }
}
