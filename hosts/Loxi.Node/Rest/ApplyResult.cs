using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Node.Rest;

/// <summary>What became of a request about a service, and why.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="Problems">What is wrong, where <paramref name="Outcome"/> is <see cref="ApplyOutcome.Refused"/> or <see cref="ApplyOutcome.NoEndpoint"/>; else empty.</param>
internal sealed record ApplyResult(ApplyOutcome Outcome, ImmutableArray<Problem> Problems)
{
    public ApplyResult(ApplyOutcome outcome)
        : this(outcome, [])
    {
    }
}
