using System.Collections.Immutable;
using Loxi.Core.Roles;
using Loxi.Core.Services;
using Loxi.Ha.Roles;
using Loxi.Node.Ha;
using Loxi.Node.Options;

namespace Loxi.Node.Composition;

/// <summary>
/// What a planned move of a VIP group does with packets (R8), where connections are kept alike. Who gives the group away waits until its connections are at the other node, then
/// keeps them and hands over what begins; who takes it hands back what it does not know, for a handshake may be on its way. Both end when no such packet came for a second.
/// </summary>
internal sealed partial class NodeMoves(IRoleGates gates, IPeerWays ways, NodeRoles roles, HaConfiguration configuration, NodeOptions options, TimeProvider time, ILogger<NodeMoves> logger) : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private static readonly RoleSettings Times = new() { NodeId = 0 };

    private readonly ILogger _logger = logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Move> _moves = new(StringComparer.Ordinal);
    private readonly HashSet<string> _forced = new(StringComparer.Ordinal);
    private ImmutableArray<VipGroup> _groups = [];
    private bool _isDisposed;

    /// <summary>Waits until all connections are at another node; null where they are not kept alike. Set before roles are decided.</summary>
    public Func<byte, CancellationToken, Task>? Barrier { get; set; }

    /// <summary>Follows groups. A redirect that an earlier run has left ends with a group that is new.</summary>
    public void Follow(ImmutableArray<VipGroup> groups)
    {
        lock (_gate)
        {
            foreach (var group in groups.Where(g => _groups.All(known => known.Name != g.Name)))
            {
                gates.SetRedirect(group.Name, null);
            }

            foreach (var gone in _groups.Where(known => groups.All(g => g.Name != known.Name)))
            {
                EndNow(gone.Name);
            }

            _groups = groups;
        }

        // Nobody hands packets over where connections are not kept alike; an earlier run may have.
        gates.SetPeers(!options.Ha.KeepsConnections ? [] : configuration.Current.Addresses.Where(AddressRules.IsUsable));
    }

    /// <summary>Follows a change of role, on the thread of the effects: before addresses are announced.</summary>
    public void Follow(string group, in RoleTransition transition)
    {
        if (IsGivenAway(transition))
        {
            // What was prepared has begun.
            return;
        }

        End(group);
        if (transition is { To: HelloRole.Master, Cause: RoleCause.Switchover, Peer: { } from } && IsSynced(from))
        {
            Begin(group, from, RedirectScope.Unknown, isPrepared: false);
            _ = Watch(group, Times.DrainIdle, Times.DrainLimit, isWaitedFor: false);
        }
    }

    /// <summary>Whether a change of role is the end of a planned move on the node that gives the role away.</summary>
    public static bool IsGivenAway(in RoleTransition transition) => transition is { From: HelloRole.Master, Cause: RoleCause.Switchover };

    /// <summary>The next move of a group waits for no connection.</summary>
    public void Force(string group, bool isForced)
    {
        lock (_gate)
        {
            _ = isForced ? _forced.Add(group) : _forced.Remove(group);
        }
    }

    /// <summary>Makes ready what a group's packets need, and waits until all connections are at the other node.</summary>
    /// <exception cref="TimeoutException">They are not in time; the move does not take place.</exception>
    public async Task SendBarrierAsync(string group, ushort peer)
    {
        if (!IsSynced(peer) || Barrier is not { } barrier)
        {
            return;
        }

        var move = Begin(group, peer, RedirectScope.Beginning, isPrepared: true);
        lock (_gate)
        {
            if (_forced.Contains(group))
            {
                return;
            }
        }

        using var limit = new CancellationTokenSource(Times.SwitchoverTime, time);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, move?.Over.Token ?? CancellationToken.None);
        try
        {
            await barrier((byte)peer, wait.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            EndIf(group, move);
            throw new TimeoutException($"node {peer} has not all connections of this node: expected a barrier that passes, {Because(e, limit, move)}", e);
        }
    }

    private static string Because(Exception e, CancellationTokenSource limit, Move? move) =>
        e is ObjectDisposedException ? "and connection sync has failed"
        : limit.IsCancellationRequested ? FormattableString.Invariant($"and none did in {Times.SwitchoverTime.TotalSeconds} s")
        : move?.Ended.Task.IsCompleted == true ? "and the move ended before"
        : "and it is none of the other nodes any more";

    /// <summary>The other node serves: what was prepared has begun, and ends when nothing comes any more.</summary>
    public void DrainTo(string group, ushort peer, TimeSpan idle, TimeSpan limit)
    {
        if (Watch(group, idle, limit, isWaitedFor: true))
        {
            LogHandsOver(group, peer);
        }

        if (options.Bgp)
        {
            _ = ReleaseAsync(group);
        }
    }

    /// <summary>A planned move did not come about.</summary>
    public void End(string group)
    {
        lock (_gate)
        {
            EndNow(group);
        }
    }

    /// <summary>Waits until nothing of what was given away comes any more, then ends all.</summary>
    /// <param name="limit">How long at most.</param>
    /// <param name="cancellationToken">Cuts the wait short.</param>
    public async Task StopAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        Task[] drains;
        lock (_gate)
        {
            drains = [.. _moves.Values.Where(static m => m.IsWaitedFor).Select(static m => m.Ended.Task)];
        }

        try
        {
            await Task.WhenAll(drains).WaitAsync(limit, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            LogCutShort(limit.TotalMilliseconds);
        }

        lock (_gate)
        {
            foreach (var group in _moves.Keys.ToArray())
            {
                EndNow(group);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        return ValueTask.CompletedTask;
    }

    // Other nodes and their pins change at run time.
    private bool IsSynced(ushort peer) => options.Ha.KeepsConnections && configuration.Current.SyncPeers.Any(p => p.NodeId == peer);

    private Move? Begin(string group, ushort peer, RedirectScope scope, bool isPrepared)
    {
        var way = FindWay(group, peer);
        lock (_gate)
        {
            EndNow(group);
            if (way is null)
            {
                return null;
            }

            var move = _moves[group] = new Move();
            Action<string, PeerRedirect> set = isPrepared ? gates.PrepareRedirect : gates.SetRedirect;
            set(group, way with { Scope = scope });
            return move;
        }
    }

    /// <summary>Ends a move, unless another one of the group has begun since.</summary>
    private void EndIf(string group, Move? move)
    {
        lock (_gate)
        {
            if (move is not null && _moves.GetValueOrDefault(group) == move)
            {
                EndNow(group);
            }
        }
    }

    private bool Watch(string group, TimeSpan idle, TimeSpan limit, bool isWaitedFor)
    {
        lock (_gate)
        {
            if (!_moves.TryGetValue(group, out var move))
            {
                return false;
            }

            move.IsWaitedFor = isWaitedFor;
            _ = WatchAsync(group, move, idle, limit);
            return true;
        }
    }

    private async Task WatchAsync(string group, Move move, TimeSpan idle, TimeSpan limit)
    {
        var start = time.GetTimestamp();
        using var timer = new PeriodicTimer(Glance, time);
        while (await timer.WaitForNextTickAsync())
        {
            lock (_gate)
            {
                if (move.Ended.Task.IsCompleted || _isDisposed)
                {
                    return;
                }

                var elapsed = time.GetElapsedTime(start);
                var silence = gates.ReadRedirectSilence(group) is { } told && told < elapsed ? told : elapsed;
                if (silence >= idle || elapsed >= limit)
                {
                    EndNow(group);
                    LogEnded(group, elapsed.TotalMilliseconds);
                    return;
                }
            }
        }
    }

    /// <summary>The other node's routes are better known by now: those of this node may become worse.</summary>
    private async Task ReleaseAsync(string group)
    {
        await Task.Delay(options.BgpDrain, time);
        roles.Release(group);
    }

    private void EndNow(string group)
    {
        if (_moves.Remove(group, out var move))
        {
            gates.SetRedirect(group, null);
            move.Ended.TrySetResult();
            _ = move.Over.CancelAsync();
        }
    }

    private sealed class Move
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends the wait for the barrier of a move that is over. It has neither timer nor handle to dispose of.</summary>
        public CancellationTokenSource Over { get; } = new();

        /// <summary>Whether the node waits for its end before it stops.</summary>
        public bool IsWaitedFor { get; set; }
    }
}
