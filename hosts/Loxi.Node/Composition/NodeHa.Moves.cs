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

/// <content>Planned moves (R8): switchover, drain, resume.</content>
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
            return await ClaimAsync(one, arguments, cancellationToken);
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

    public async Task<HaMoveResult> DrainAsync(HaMoveArguments arguments, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        if (arguments.To is { } to)
        {
            return new HaMoveResult(HaMoveOutcome.Malformed, [], [Problem.Of("to", to, "none: each group goes to the best node that can have it")]);
        }

        if (!options.Ha.HasPeers)
        {
            return HaMoveResult.Refuse(NoPeers());
        }

        var force = arguments.Force == true;
        ImmutableArray<MoveWatch> watches = [];
        Task<HaMove>[] moving;
        await _following.WaitAsync(cancellationToken);
        try
        {
            var (status, connections) = (await speaker.ReadStatusAsync(), await ReadSyncAsync());
            var served = status.Groups.Where(static g => g.Role == HelloRole.Master).ToList();
            var problems = force ? [] : served.SelectMany(g => Against(g, status.Time, connections, null, isForced: false, out _)).Distinct().ToImmutableArray();
            if (!problems.IsEmpty)
            {
                return HaMoveResult.Refuse(problems);
            }

            if (!configuration.Current.IsDrained)
            {
                configuration.Store(configuration.Current with { PinnedBeforeDrain = [.. status.Groups.Where(static g => g.Pinned).Select(static g => g.Name)] });
                LogDrained();
            }

            watches = [.. served.Select(g => new MoveWatch(speaker, g.Name))];
            moving = [.. watches.Select(watch => EndAsync(watch, Self, force, () => GiveAwayAsync(watch.Group), cancellationToken))];
            foreach (var group in _known.Where(name => served.TrueForAll(g => g.Name != name)))
            {
                await speaker.PostAsync(group, PostedRole.Backup);
            }
        }
        finally
        {
            _following.Release();
        }

        try
        {
            return new HaMoveResult(HaMoveOutcome.Done, [.. await Task.WhenAll(moving)], []);
        }
        finally
        {
            foreach (var watch in watches)
            {
                watch.Dispose();
            }
        }
    }

    public async Task<HaMoveResult> ResumeAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        if (!options.Ha.HasPeers)
        {
            return HaMoveResult.Refuse(NoPeers());
        }

        await _following.WaitAsync(cancellationToken);
        try
        {
            if (configuration.Current.PinnedBeforeDrain is { } pinned)
            {
                configuration.Store(configuration.Current with { PinnedBeforeDrain = null });
                LogResumed();
                foreach (var group in _known.Except(pinned))
                {
                    await speaker.UnpinAsync(group);
                }
            }

            return new HaMoveResult(HaMoveOutcome.Done, [], []);
        }
        finally
        {
            _following.Release();
        }
    }

    /// <summary>A role that could not be given away when the node was drained goes as soon as somebody can have it.</summary>
    private async Task WatchDrainAsync()
    {
        using var timer = new PeriodicTimer(RetryAfter, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                foreach (var group in _known.Where(group => configuration.Current.IsDrained && roles.Roles.RoleOf(group) == NodeRole.Master))
                {
                    await speaker.PostAsync(group, PostedRole.Backup);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The node stops.
        }
    }

    /// <summary>Whether a controller asks for a role that the node does not take.</summary>
    private bool IsAgainstDrain(string group) => options.Ha.HasPeers && configuration.Current.IsDrained && roles.Posted.RoleOf(group) == NodeRole.Master;

    private Task PinAsync(string group) => OfDrainAsync(group, isPinned: true, () => speaker.PostAsync(group, PostedRole.Backup));

    private Task UnpinAsync(string group) => OfDrainAsync(group, isPinned: false, () => configuration.Current.IsDrained ? Task.CompletedTask : speaker.UnpinAsync(group));

    /// <summary>A pin that is set or taken away by hand while the node is drained counts from the end of the drain on.</summary>
    private async Task OfDrainAsync(string group, bool isPinned, Func<Task> change)
    {
        await _following.WaitAsync();
        try
        {
            if (configuration.Current.PinnedBeforeDrain is { } pinned && pinned.Contains(group) != isPinned)
            {
                configuration.Store(configuration.Current with { PinnedBeforeDrain = isPinned ? pinned.Add(group) : pinned.Remove(group) });
            }

            await change();
        }
        finally
        {
            _following.Release();
        }
    }

    private async Task<bool> GiveAwayAsync(string group)
    {
        await speaker.PostAsync(group, PostedRole.Backup);
        return true;
    }

    /// <summary>From another node to this one: that one waits for its connections to be here.</summary>
    private async Task<HaMoveResult> ClaimAsync(RoleGroupStatus group, HaMoveArguments arguments, CancellationToken cancellationToken)
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

    [LoggerMessage(8096, LogLevel.Information, "The node is drained: it gives its roles away and takes none while another node is heard, until it resumes")]
    private partial void LogDrained();

    [LoggerMessage(8097, LogLevel.Information, "The node takes roles again")]
    private partial void LogResumed();

    [LoggerMessage(8098, LogLevel.Warning, "The role MASTER in VIP group {Group} was posted, and is not asked for: the node is drained")]
    private partial void LogNotAskedFor(string group);
}
