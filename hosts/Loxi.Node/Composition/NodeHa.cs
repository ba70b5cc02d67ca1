using System.Collections.Immutable;
using System.Threading.Channels;
using Loxi.Api.Wire;
using Loxi.Core.Roles;
using Loxi.Core.Services;
using Loxi.Ha.Announce;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Linux.Netlink;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.Rest;
using Loxi.Node.Roles;

namespace Loxi.Node.Composition;

/// <summary>
/// The roles of this node: groups follow services, pools and posts; the speaker decides with the other nodes, or obeys a controller; what it decides goes to BGP.
/// A node without other nodes to which no controller ever posted has no roles, no gates, and announces nothing on links.
/// </summary>
internal sealed partial class NodeHa(
    RoleSpeaker speaker, NodeVips vips, NeighbourAnnouncer announcer, IRoleGates gates, NodeRoles roles, NodeServices services, NodeOptions options, TimeProvider time, ILogger<NodeHa> logger) : INodeRoles, INodeHa, IAsyncDisposable
{
    /// <summary>The number of the fault "a link of the VIPs is down".</summary>
    private const int LinkFault = 1;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;
    private readonly SemaphoreSlim _following = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    // Many changes at a time are one: who looks sees the last.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private Task _loops = Task.CompletedTask;
    private IDisposable? _subscription;
    private HelloAuthentication _authentication = new();

    public RoleModel Roles => roles.Roles;

    private bool IsUsed => options.Ha.HasPeers || roles.Roles.AreUsed;

    /// <summary>Begins to listen to the other nodes. To be called when the services are in force and before the data plane is attached.</summary>
    /// <exception cref="InvalidRoleSpeakerSettingsException">Addresses, numbers or keys are wrong, or the port is in use.</exception>
    /// <exception cref="IOException">The key file cannot be read.</exception>
    public async Task StartAsync()
    {
        _authentication = HaSettings.ReadKeys(options.Ha);
        _subscription = speaker.Subscribe(Take);
        services.Changed += Signal;
        if (options.Ha.HasPeers)
        {
            // What the old master still says when a role changes hands is no conflict.
            await announcer.SetPeersAsync([.. options.Ha.Peers.SelectMany(static p => p.Paths).Select(static p => p.PeerAddress).Distinct()]);
        }

        if (IsUsed)
        {
            await FollowAsync();
        }
        else
        {
            // An earlier run may have had roles.
            foreach (var group in Plan(HostLinks.Read()))
            {
                gates.RemoveGate(group.Name);
            }
        }

        _loops = Task.WhenAll(Task.Run(FollowSignalsAsync), Task.Run(WatchLinksAsync));
    }

    public async Task<RoleResult> PostAsync(ClusterState state, CancellationToken cancellationToken)
    {
        var result = await roles.PostAsync(state, cancellationToken);
        if (result.Outcome == RoleOutcome.Done)
        {
            var group = VipGroups.Resolve(state.Instance);
            // Should it fail, it is tried until it works: the post is in the model.
            Signal();
            await FollowAsync();
            await speaker.PostAsync(group, HaNames.ToPosted(roles.PostedOf(group)));
        }

        return result;
    }

    public async Task<bool> UnpinAsync(string group) => await OfGroupAsync(group, () => speaker.UnpinAsync(group));

    public async Task<bool> PinAsync(string group) => await OfGroupAsync(group, () => speaker.PostAsync(group, PostedRole.Backup));

    public async Task<HaReading?> ReadAsync()
    {
        if (!IsUsed)
        {
            return null;
        }

        return new HaReading(await speaker.ReadStatusAsync(), await announcer.ReadStatusAsync(), time.GetUtcNow());
    }

    /// <summary>Gives the roles away and takes the addresses off, before the node stops.</summary>
    /// <param name="cancellationToken">Cuts the wait for the other nodes short.</param>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        services.Changed -= Signal;
        await _stopping.CancelAsync();
        _signals.Writer.TryComplete();
        await _loops;
        if (IsUsed)
        {
            await StopSpeakerAsync(cancellationToken);
        }

        await announcer.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        await speaker.DisposeAsync();
        _following.Dispose();
        _stopping.Dispose();
    }

    private async Task<bool> OfGroupAsync(string group, Func<Task> action)
    {
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

    private void Signal() => _signals.Writer.TryWrite(true);

    private async Task FollowSignalsAsync()
    {
        await foreach (var _ in _signals.Reader.ReadAllAsync())
        {
            try
            {
                await FollowAsync();
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                // Whatever it is: a group that is not followed is not served as it should be, so it is tried until it works.
                LogNotFollowed(e);
                await RetryAsync();
            }
        }
    }

    private async Task RetryAsync()
    {
        try
        {
            await Task.Delay(RetryAfter, time, _stopping.Token);
            Signal();
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    /// <summary>Links and subnets say where VIPs belong, and a link that is down is a fault (R13).</summary>
    private async Task WatchLinksAsync()
    {
        try
        {
            using var monitor = new RtnetlinkMonitor(RtnetlinkGroups.Links | RtnetlinkGroups.Addresses);
            await foreach (var _ in monitor.ReadAllAsync(_stopping.Token))
            {
                Signal();
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private ImmutableArray<VipGroup> Plan(HostLinks links) => VipGroupPlan.Make(services.Current.Services, services.Current.Pools, roles.Roles.Groups.Keys, links.PlaceOf);

    private async Task FollowAsync()
    {
        await _following.WaitAsync();
        try
        {
            if (!IsUsed)
            {
                return;
            }

            var links = HostLinks.Read();
            var groups = Plan(links);
            await vips.DeclareAsync(groups);
            await speaker.ApplyAsync(HaSettings.Make(options, _authentication, groups));
            _known.IntersectWith(groups.Select(static g => g.Name));
            foreach (var group in groups)
            {
                await FollowAsync(group, links);
            }
        }
        finally
        {
            _following.Release();
        }
    }

    private async Task FollowAsync(VipGroup group, HostLinks links)
    {
        await speaker.SetQualityAsync(group.Name, byte.MaxValue, group.ConfigHash);
        await speaker.SetFaultAsync(group.Name, LinkFault, group.Addresses.Any(a => a.Interface is { } name && links.IsDown(name)), canForward: false);
        if (!_known.Add(group.Name))
        {
            return;
        }

        // Until connections are synchronised a node is ready when its services are in force.
        await speaker.SetReadinessAsync(group.Name, Readiness.Ready);
        if (!options.Ha.HasPeers && roles.Roles.Groups.TryGetValue(group.Name, out var posted))
        {
            await speaker.PostAsync(group.Name, HaNames.ToPosted(posted.Role));
        }
    }

    /// <summary>On the thread of the effects.</summary>
    private void Take(RoleSpeakerEvent told)
    {
        if (options.Ha.HasPeers && told is { Group: { } group, Transition: { } transition })
        {
            roles.Decide(group, HaNames.ToNode(transition.To));
        }
    }

    [LoggerMessage(8072, LogLevel.Error, "Roles could not follow a change of services or links; it is tried again in a second")]
    private partial void LogNotFollowed(Exception exception);

    [LoggerMessage(8073, LogLevel.Warning, "The roles in VIP groups {Groups} were not given away in time: the node must stop")]
    private partial void LogNotGivenAway(string groups);
}
