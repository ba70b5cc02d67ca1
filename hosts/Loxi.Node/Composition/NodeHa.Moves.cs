using System.Collections.Immutable;
using Loxi.Api.V1;
using Loxi.Core;
using Loxi.Ha.Roles;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Transport;
using Loxi.Node.Ha;
using Loxi.Node.Rest;
using Loxi.Node.Roles;

namespace Loxi.Node.Composition;

/// <content>Planned moves (R8): switchover.</content>
internal sealed partial class NodeHa : INodeHaMoves
{
    public async Task<HaMoveResult> SwitchOverAsync(string group, HaMoveArguments arguments, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        if (!options.Ha.HasPeers)
        {
            return HaMoveResult.Refuse(NoPeers());
        }

        var status = await speaker.ReadStatusAsync();
        if (status.Groups.FirstOrDefault(g => g.Name == group) is not { } one)
        {
            return new HaMoveResult(HaMoveOutcome.NotFound, [], []);
        }

        if (arguments.To is { } to && to != Self && one.Peers.All(p => p.NodeId != to))
        {
            return new HaMoveResult(HaMoveOutcome.Malformed, [], [Problem.Of("to", to, $"one of the nodes {string.Join(", ", one.Peers.Select(static p => (int)p.NodeId).Append(Self).Order())}")]);
        }

        if (one.Role != HelloRole.Master)
        {
            return await ClaimAsync(one, status.Time, arguments, cancellationToken);
        }

        if (arguments.To == Self)
        {
            return HaMoveResult.Refuse(Problem.Of("to", Self, "another node: this one serves the group already"));
        }

        var problems = Against(one, status.Time, await ReadSyncAsync(), (ushort?)arguments.To, arguments.Force == true, out var target);
        if (!problems.IsEmpty)
        {
            return HaMoveResult.Refuse(problems);
        }

        using var watch = new MoveWatch(speaker, group);
        var move = await EndAsync(watch, Self, arguments.Force == true, async () => await speaker.SwitchoverAsync(group, target), cancellationToken);
        return move.Problem is { } why ? HaMoveResult.Refuse(Problem.Of("to", target, $"a node that takes the role: {why}")) : new HaMoveResult(HaMoveOutcome.Done, [move], []);
    }

    /// <summary>From another node to this one: that one waits for its connections to be here.</summary>
    private async Task<HaMoveResult> ClaimAsync(RoleGroupStatus group, TimeSpan now, HaMoveArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.To != Self)
        {
            return HaMoveResult.Refuse(Problem.Of("group", $"{group.Name}, which {(group.Master is { } node ? $"node {node} serves" : "nobody is heard to serve")}", $"one that this node serves; ask that node, or say to {Self} to take it"));
        }

        if (configuration.Current.IsDrained || group.Pinned)
        {
            return HaMoveResult.Refuse(Problem.Of("to", Self, configuration.Current.IsDrained ? "a node that is not drained (loxictl ha resume)" : "a node that is not pinned (loxictl ha unpin)"));
        }

        if (group.Readiness != Readiness.Ready)
        {
            return HaMoveResult.Refuse(Problem.Of("to", $"node {Self}: {HaNames.Of(group.Readiness)}", "a node that is ready: with all services and connections"));
        }

        var connections = await ReadSyncAsync();
        if ((MoveRules.Held(group, now) ?? (arguments.Force != true && group.Master is { } master ? MoveRules.Unsynced(connections, (ushort)master) : null)) is { } against)
        {
            return HaMoveResult.Refuse(against);
        }

        using var watch = new MoveWatch(speaker, group.Name);
        var move = await EndAsync(watch, group.Master, isForced: false, async () =>
        {
            await speaker.PostAsync(group.Name, PostedRole.Master);
            return true;
        }, cancellationToken);
        return move.Problem is { } why ? HaMoveResult.Refuse(Problem.Of("to", Self, $"that the role comes: {why}")) : new HaMoveResult(HaMoveOutcome.Done, [move], []);
    }

    /// <summary>What stands against giving a group away, and to whom it goes when nothing does.</summary>
    private static ImmutableArray<Problem> Against(RoleGroupStatus group, TimeSpan now, SyncSpeakerStatus? connections, ushort? to, bool isForced, out ushort target)
    {
        target = to ?? MoveRules.Best(group) ?? 0;
        if (MoveRules.Held(group, now) is { } held)
        {
            return [held];
        }

        if (to is null && MoveRules.Best(group) is null)
        {
            return [.. MoveRules.AgainstAll(group)];
        }

        return (MoveRules.Against(group, target) ?? (isForced ? null : MoveRules.Unsynced(connections, target))) is { } problem ? [problem] : [];
    }

    private async Task<SyncSpeakerStatus?> ReadSyncAsync() => sync is null ? null : await sync.ReadAsync();

    /// <summary>Begins a move and waits for its end.</summary>
    private async Task<HaMove> EndAsync(MoveWatch watch, int? from, bool isForced, Func<Task<bool>> begin, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        HaMove Tell(int? to, string? problem) => new() { Group = watch.Group, From = from, To = to, Time = Math.Round((decimal)time.GetElapsedTime(start).TotalMilliseconds, 1), Problem = problem };
        moves.Force(watch.Group, isForced);
        try
        {
            if (!await begin())
            {
                return Tell(null, "it, or the role of this node, has changed meanwhile");
            }

            return await watch.Ended.WaitAsync(HaSettings.StopLimit(options.Ha), time, cancellationToken) switch
            {
                { To: HelloRole.Master } => Tell(Self, null),
                { Peer: { } to } => Tell(to, null),
                { } lost => Tell(null, $"the role went because of {HaNames.Of(lost.Cause)}, not by plan"),
                null => Tell(null, $"it was not taken: {await WhyAsync()}"),
            };
        }
        catch (TimeoutException)
        {
            return Tell(null, "nobody took it in time");
        }
        finally
        {
            moves.Force(watch.Group, isForced: false);
        }
    }

    /// <summary>Why a switchover did not come about.</summary>
    private async Task<string> WhyAsync() => await ReadSyncAsync() is { } connections
        ? string.Join("; ", connections.Peers.Select(static p => p.Engine.IsLive ? $"{p.Engine.Backlog + p.Engine.InFlight} changes of connections wait for node {p.Engine.Id}" : $"connections are not kept alike with node {p.Engine.Id}"))
        : "no answer came in time";
}
