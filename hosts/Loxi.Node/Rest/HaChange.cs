using System.Collections.Immutable;
using Loxi.Core;
using Loxi.Node.Ha;

namespace Loxi.Node.Rest;

/// <summary>What became of a change of other nodes or keys, and why.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="Model">What is in force now.</param>
/// <param name="Problems">What stands against it; empty when it was done.</param>
internal sealed record HaChange(HaChangeOutcome Outcome, HaModel Model, ImmutableArray<Problem> Problems)
{
    public static HaChange Done(HaModel model) => new(HaChangeOutcome.Done, model, []);
}
