using System.Collections.Immutable;
using Loxi.Api.V1;
using Loxi.Core;

namespace Loxi.Node.Rest;

/// <summary>What became of a planned move.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Moves">The groups that were asked for.</param>
/// <param name="Problems">What stands against it; empty when it was begun.</param>
internal sealed record HaMoveResult(HaMoveOutcome Outcome, ImmutableArray<HaMove> Moves, ImmutableArray<Problem> Problems)
{
    public static HaMoveResult Refuse(params ImmutableArray<Problem> problems) => new(HaMoveOutcome.Refused, [], problems);
}
