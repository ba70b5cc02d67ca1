using System.Collections.Immutable;
using System.Threading.Channels;
using Loxi.Api;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Core.Roles;
using Loxi.Core.Services;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.Rest;
using Loxi.Node.Roles;
using Loxi.Node.State;

namespace Loxi.Node.Composition;

/// <summary>
/// The roles of this node: groups follow services, pools and posts; the speaker decides with the other nodes, or obeys a controller; what it decides goes to BGP.
/// A node without other nodes to which no controller ever posted has no roles, no gates, and announces nothing on links.
/// </summary>
internal sealed partial class NodeHa(
    IRoleSpeaker speaker, NodeVips vips, NodeMoves moves, ILinkAnnouncer announcer, IHostLinks network, IRoleGates gates, NodeRoles roles, IGroupedServices services, NodeFaults faults, IHostCheck check, HaConfiguration configuration, IKeepAliveSession keepAlive, NodeOptions options, TimeProvider time, IHostApplicationLifetime lifetime, ILoggerFactory loggers, ILogger<NodeHa> logger, NodeBgp? bgp = null, INodeSync? sync = null) : INodeRoles, INodeHa, IAsyncDisposable
{
    private readonly ILogger _logger = logger;
    private readonly SemaphoreSlim _following = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ImmutableHashSet<string> _known = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
    private volatile bool _serves;
    private volatile bool _isStopping;

    // Many changes at a time are one: who looks sees the last.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private Task _loops = Task.CompletedTask;
    private IDisposable? _subscription;

    public RoleModel Roles => roles.Roles;

    /// <summary>Whether the node stops because roles are no longer decided.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Who does not have all connections of the others yet takes over only where nobody has them.</summary>
    private Readiness Readiness => _serves && sync is not { IsReady: false } ? Readiness.Ready : Readiness.Syncing;

    private bool IsUsed => options.Ha.HasPeers || roles.Posted.AreUsed;

    /// <summary>Begins to listen to the other nodes. To be called when the services are in force and before the data plane is attached.</summary>
    /// <exception cref="InvalidRoleSpeakerSettingsException">Addresses, numbers or keys are wrong, or the port is in use.</exception>
    public async Task StartAsync()
    {
        _subscription = speaker.Subscribe(Take);
        services.Guard = (before, desired) => IsUsed ? HaLimits.Refuse(before, desired, roles.Posted) : null;
        services.Changed += Signal;
        if (sync is not null)
        {
            sync.ReadyChanged += Signal;
            moves.Barrier = sync.PassAsync;
        }

        if (bgp is not null)
        {
            bgp.Changed += Signal;
        }

        if (options.Ha.HasPeers)
        {
            roles.BeginDeciding();
            // What the old master still says when a role changes hands is no conflict.
            await announcer.SetPeersAsync(configuration.Current.Addresses);
        }

        if (IsUsed)
        {
            await FollowAsync();
        }
        else
        {
            // An earlier run may have had roles.
            await HaLeftovers.RemoveAsync(options, loggers);
            foreach (var group in Plan(network.ReadLinks()))
            {
                gates.RemoveGate(group.Name);
                gates.SetRedirect(group.Name, null);
            }

            gates.SetPeers([]);
        }

        _loops = Task.WhenAll(Task.Run(FollowSignalsAsync), Task.Run(WatchLinksAsync), Task.Run(WatchSpeakerAsync), Task.Run(WatchDrainAsync));
    }

    /// <summary>
    /// The start is over: from now on this node may serve beside others, and takes posts. Before, it would own addresses in front of a data plane that is not attached,
    /// and what a start does keeps the thread of roles waiting for longer than others wait for its HELLO.
    /// </summary>
    public async Task ServeAsync()
    {
        await _following.WaitAsync();
        try
        {
            _serves = true;
            foreach (var group in _known)
            {
                await speaker.SetReadinessAsync(group, Readiness);
            }
        }
        finally
        {
            _following.Release();
        }

        _ready.TrySetResult();
    }

    public async Task<RoleResult> PostAsync(ClusterState state, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        _ = roles.Posted.Post(state, out var posted);
        if (HaLimits.Refuse(services.Current, roles.Posted, posted) is { } reason)
        {
            throw new RefusedRequestException(StatusCodes.Status403Forbidden, StatusCodes.Status403Forbidden, $"{ApiErrors.TooManyInstances}: {reason}");
        }

        var result = await roles.PostAsync(state, cancellationToken);
        if (result.Outcome == RoleOutcome.Done)
        {
            var group = VipGroups.Resolve(state.Instance);
            if (IsAgainstDrain(group))
            {
                LogNotAskedFor(group);
            }
            else if (_known.Contains(group))
            {
                // All but MASTER pin, also from the end of a drain on.
                var role = roles.Posted.RoleOf(group);
                await OfDrainAsync(group, isPinned: role != NodeRole.Master, () => speaker.PostAsync(group, HaNames.ToPosted(role)));
            }
            else
            {
                await FollowAsync();
            }

            // Its vip comes after: an address that cannot be a source must not keep the role from being obeyed.
            Signal();
        }

        return result;
    }

    public Task<bool> UnpinAsync(string group, CancellationToken cancellationToken) => OfGroupAsync(group, () => UnpinAsync(group), cancellationToken);

    public Task<bool> PinAsync(string group, CancellationToken cancellationToken) => OfGroupAsync(group, () => PinAsync(group), cancellationToken);

    public async Task<HaReading?> ReadAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        return IsUsed ? new HaReading(await speaker.ReadStatusAsync(), await announcer.ReadStatusAsync(), time.GetUtcNow())
        {
            Faults = faults.Read(),
            IsDrained = configuration.Current.IsDrained,
            Sync = sync is null ? null : await sync.ReadAsync(),
            Services = services.Current.Services,
        } : null;
    }

    public async Task<IReadOnlyList<HaFinding>> CheckAsync(CancellationToken cancellationToken) => check.Check(await ReadAsync(cancellationToken));

    /// <summary>Gives the roles away and takes the addresses off, before the node stops.</summary>
    /// <param name="cancellationToken">Cuts the wait for the other nodes short.</param>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        services.Changed -= Signal;
        if (sync is not null)
        {
            sync.ReadyChanged -= Signal;
        }

        if (bgp is not null)
        {
            bgp.Changed -= Signal;
        }

        await _stopping.CancelAsync();
        _signals.Writer.TryComplete();
        try
        {
            await _loops;
            await faults.DisposeAsync();
        }
        catch (Exception e)
        {
            // Whatever has ended one of them: roles and addresses are given away all the same.
            LogNotFollowed(e);
        }

        try
        {
            if (IsUsed && !HasFailed)
            {
                await StopSpeakerAsync(cancellationToken);
                await moves.StopAsync(options.Ha.Drain, cancellationToken);
            }
        }
        finally
        {
            await announcer.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        await speaker.DisposeAsync();
        _following.Dispose();
        _stopping.Dispose();
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        if (_isStopping)
        {
            throw new RefusedRequestException(StatusCodes.Status503ServiceUnavailable, StatusCodes.Status503ServiceUnavailable, "the node is stopping");
        }
    }

    private async Task<bool> OfGroupAsync(string group, Func<Task> action, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        if (!options.Ha.HasPeers || !_known.Contains(group))
        {
            return false;
        }

        await action();
        return true;
    }

    private async Task StopSpeakerAsync(CancellationToken cancellationToken)
    {
        var left = new HashSet<string>(_known, StringComparer.Ordinal);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = speaker.Subscribe(told =>
        {
            lock (left)
            {
                if (told.IsStopped && left.Remove(told.Group!) && left.Count == 0)
                {
                    gone.TrySetResult();
                }
            }
        });
        await speaker.StopAsync();
        try
        {
            if (left.Count > 0)
            {
                await gone.Task.WaitAsync(HaSettings.StopLimit(options.Ha), time, cancellationToken);
            }
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            LogNotGivenAway(string.Join(", ", left));
        }
    }

    /// <summary>On the thread of the effects.</summary>
    private void Take(RoleSpeakerEvent told)
    {
        if (!options.Ha.HasPeers || told.Group is not { } group)
        {
            return;
        }

        if (told.Transition is { } transition)
        {
            moves.Follow(group, transition);
            roles.Decide(group, HaNames.ToNode(transition.To), isHeld: bgp is not null && NodeMoves.IsGivenAway(transition));
        }
        else if (told is { RoleAlarm: RoleAlarm.SwitchoverFailed, IsOver: false })
        {
            moves.End(group);
        }
    }
}
