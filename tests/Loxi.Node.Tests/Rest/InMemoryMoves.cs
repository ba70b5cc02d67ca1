using Loxi.Api.V1;
using Loxi.Core;
using Loxi.Node.Rest;

namespace Loxi.Node.Tests.Rest;

/// <summary>Moves one group; tells what it was asked for.</summary>
internal sealed class InMemoryMoves : INodeHaMoves
{
    public List<string> Asked { get; } = [];

    /// <summary>What stands against every move.</summary>
    public Problem? Problem { get; set; }

    public HaMoveOutcome Refusal { get; set; } = HaMoveOutcome.Refused;

    public Task<HaMoveResult> SwitchOverAsync(string group, HaMoveArguments arguments, CancellationToken cancellationToken) =>
        AnswerAsync($"switchover {group} {arguments.To} {arguments.Force}", new HaMove { Group = group, From = 0, To = arguments.To ?? 1, Time = 12.5m });

    public Task<HaMoveResult> DrainAsync(HaMoveArguments arguments, CancellationToken cancellationToken) =>
        AnswerAsync($"drain {arguments.Force}", new HaMove { Group = InMemoryHa.Group, From = 0, To = 1 }, new HaMove { Group = "inst1", From = 0, Problem = "why" });

    public Task<HaMoveResult> ResumeAsync(CancellationToken cancellationToken) => AnswerAsync("resume");

    private Task<HaMoveResult> AnswerAsync(string asked, params HaMove[] moves)
    {
        Asked.Add(asked);
        return Task.FromResult(Problem is null ? new HaMoveResult(HaMoveOutcome.Done, [.. moves], []) : new HaMoveResult(Refusal, [], [Problem]));
    }
}
