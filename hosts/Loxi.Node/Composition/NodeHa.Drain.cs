using System.Collections.Immutable;
using Loxi.Api.V1;
using Loxi.Core;
using Loxi.Ha.Roles;
using Loxi.Node.Ha;
using Loxi.Node.Rest;
using Loxi.Node.Roles;

namespace Loxi.Node.Composition;

/// <content>A node that gives all its roles away and takes none, until it resumes.</content>
internal sealed partial class NodeHa
{
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
        try
        {
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
                foreach (var group in _known.Except(pinned))
                {
                    await speaker.UnpinAsync(group);
                }

                // At the end: what cannot be unpinned is tried again by the next call.
                configuration.Store(configuration.Current with { PinnedBeforeDrain = null });
                LogResumed();
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
                await GiveLeftAwayAsync();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The node stops.
        }
    }

    private async Task GiveLeftAwayAsync()
    {
        // Not while groups come and go, or the drain ends.
        await _following.WaitAsync(_stopping.Token);
        try
        {
            foreach (var group in _known.Where(group => configuration.Current.IsDrained && roles.Roles.RoleOf(group) == NodeRole.Master))
            {
                await speaker.PostAsync(group, PostedRole.Backup);
            }
        }
        catch (ArgumentException e)
        {
            // A group that is gone. It is tried again.
            LogNotFollowed(e);
        }
        finally
        {
            _following.Release();
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
}
