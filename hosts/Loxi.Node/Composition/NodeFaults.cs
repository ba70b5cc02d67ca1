using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Loxi.Ha.Announce;
using Loxi.Linux;
using Loxi.Node.Ha;
using Loxi.Node.Options;

namespace Loxi.Node.Composition;

/// <summary>What this node misses and its roles depend on (R13): gateways and programs on interfaces are watched here, links are told by <see cref="NodeHa"/>.</summary>
internal sealed partial class NodeFaults(IRoleSpeaker speaker, ILinkAnnouncer announcer, IDataPlane dataPlane, IGatewayRoutes gatewayRoutes, HaConfiguration configuration, NodeOptions options, TimeProvider time, ILogger<NodeFaults> logger) : IAsyncDisposable
{
    /// <summary>Numbers of faults below it are of others.</summary>
    private const int FirstNumber = 16;

    // Routes of a routing daemon may change by the thousand.
    private static readonly TimeSpan LookGap = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, TimeSpan> _lostLinks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TrackedGateway, GatewayStatus> _statuses = [];
    private readonly Dictionary<TrackedGateway, int> _numbers = [];
    private readonly HashSet<(string Group, int Number)> _down = [];
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Channel<bool> _routes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private ImmutableArray<VipGroup> _groups = [];
    private ImmutableArray<TrackedGateway> _gateways = [];

    // What gateways were looked for with; null while that is to be done.
    private LookedFor? _lookedFor;
    private IDisposable? _subscription;
    private Task _following = Task.CompletedTask;
    private Task _loops = Task.CompletedTask;
    private bool _isDisposed;

    private GatewayChoice Choice => options.Ha.Gateways;

    /// <summary>What is missed now.</summary>
    public ImmutableArray<HaFault> Read()
    {
        var groups = _groups;
        return
        [
            .. _lostLinks.OrderBy(static l => l.Key, StringComparer.Ordinal)
                .Select(static l => new HaFault(HaAlarms.LinkLost, l.Key, null, l.Value, "an interface that its addresses were on has no carrier or is gone")),
            .. _statuses.Values.Where(static s => s.Condition == GatewayCondition.Lost).OrderBy(static s => s.Gateway.Address.ToString(), StringComparer.Ordinal)
                .SelectMany(status => GroupsOf(status.Gateway, groups).Select(group => new HaFault(HaAlarms.GatewayLost, group, status.Gateway.Address, status.Since, TextOf(status.Gateway)))),
            .. ReadLosses(),
        ];
    }

    /// <summary>Whether an interface that VIPs of a group are on is down.</summary>
    public void NoteLink(string group, bool isLost)
    {
        if (!isLost)
        {
            _lostLinks.TryRemove(group, out _);
        }
        else
        {
            _lostLinks.TryAdd(group, Now);
        }
    }

    /// <summary>Follows groups and their interfaces. To be called when the speaker knows them.</summary>
    /// <param name="groups">All groups.</param>
    public async Task FollowAsync(ImmutableArray<VipGroup> groups)
    {
        await _gate.WaitAsync();
        try
        {
            _groups = groups;
            foreach (var gone in _lostLinks.Keys.Where(name => groups.All(g => g.Name != name)))
            {
                _lostLinks.TryRemove(gone, out _);
            }

            // A group that goes takes its faults along.
            _down.RemoveWhere(fault => groups.All(g => g.Name != fault.Group));
            if (!_isWatchingPrograms)
            {
                _following = Task.Run(FollowChangesAsync);
                WatchPrograms();
            }

            if (Choice is { IsAutomatic: false, Addresses.IsEmpty: true })
            {
                // A new group has the faults of all.
                await TellAsync();
                return;
            }

            if (_subscription is null)
            {
                _subscription = announcer.SubscribeGateways(Take);
                _loops = Task.WhenAll(Task.Run(FollowRoutesAsync), Task.Run(WatchRoutesAsync));
            }

            if (_lookedFor is { } lookedFor && lookedFor.IsFor(Wanted()))
            {
                // Services changed, nothing that gateways depend on: routes are not read again.
                await TellAsync();
            }
            else
            {
                await TryLookAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _stopping.CancelAsync();
        _subscription?.Dispose();
        dataPlane.LossesChanged -= TakeLosses;
        _changed.Writer.TryComplete();
        _routes.Writer.TryComplete();
        await Task.WhenAll(_following, _loops);
        _gate.Dispose();
        _stopping.Dispose();
    }

    private string?[] GroupsOf(TrackedGateway gateway, ImmutableArray<VipGroup> groups) =>
        Choice.IsAutomatic ? [.. groups.Where(g => GatewayPlan.Concerns(g, gateway, Choice)).Select(static g => g.Name)] : [null];

    private static string TextOf(TrackedGateway gateway) => gateway.Interface.Length == 0
        ? $"gateway {gateway.Address} is in the subnet of no interface"
        : $"gateway {gateway.Address} on {gateway.Interface} does not answer";

    /// <summary>On the announcer's thread.</summary>
    private void Take(GatewayStatus status)
    {
        _statuses[status.Gateway] = status;
        _changed.Writer.TryWrite(true);
    }

    /// <summary>What cannot be read now must not keep roles from being followed.</summary>
    private async Task TryLookAsync()
    {
        try
        {
            await LookAsync();
            await TellAsync();
        }
        catch (LinuxException e)
        {
            LogNotFollowed(e);
            _routes.Writer.TryWrite(true);
        }
    }

    /// <summary>Which gateways there are now.</summary>
    private async Task LookAsync()
    {
        var wanted = Wanted();
        var gateways = gatewayRoutes.Find(wanted.Interfaces, wanted.Nodes);
        if (gateways.SequenceEqual(_gateways))
        {
            _lookedFor = wanted;
            return;
        }

        await announcer.SetGatewaysAsync(gateways);
        (_gateways, _lookedFor) = (gateways, wanted);
        foreach (var gone in _statuses.Keys.Except(gateways))
        {
            _statuses.TryRemove(gone, out _);
        }

        LogGateways(gateways.Length, string.Join(", ", gateways.Select(static g => $"{g.Address} on {g.Interface}")));
    }

    /// <summary>Tells the speaker what has changed.</summary>
    private async Task TellAsync()
    {
        foreach (var gateway in _gateways)
        {
            if (!_numbers.ContainsKey(gateway))
            {
                _numbers[gateway] = Enumerable.Range(FirstNumber, int.MaxValue - FirstNumber).First(n => !_numbers.ContainsValue(n));
            }
        }

        var down = new HashSet<(string Group, int Number)>();
        foreach (var gateway in _gateways.Where(g => _statuses.TryGetValue(g, out var status) && status.Condition == GatewayCondition.Lost))
        {
            down.UnionWith(_groups.Where(g => GatewayPlan.Concerns(g, gateway, Choice)).Select(g => (g.Name, _numbers[gateway])));
        }

        if (_losses.Values.Any(static loss => loss.Told.Problem is not null))
        {
            down.UnionWith(_groups.Select(static g => (g.Name, DataPlaneFault)));
        }

        foreach (var (group, number) in down.Except(_down).ToArray())
        {
            await SetAsync(group, number, isDown: true);
        }

        foreach (var (group, number) in _down.Except(down).ToArray())
        {
            await SetAsync(group, number, isDown: false);
        }

        foreach (var gone in _numbers.Keys.Except(_gateways).ToArray())
        {
            _numbers.Remove(gone);
        }
    }

    private async Task SetAsync(string group, int number, bool isDown)
    {
        try
        {
            // Without its gateway, or its programs, a node answers nobody: the planned way would lose what comes in meanwhile.
            await speaker.SetFaultAsync(group, number, isDown, canForward: false);
            _ = isDown ? _down.Add((group, number)) : _down.Remove((group, number));
        }
        catch (ArgumentException)
        {
            // The group is gone; who took it away calls again.
        }
    }

    private LookedFor Wanted() => new(GatewayPlan.InterfacesOf(_groups), [.. configuration.Current.Addresses]);

    /// <summary>What beside routes says which gateways there are.</summary>
    private sealed record LookedFor(ImmutableHashSet<string> Interfaces, ImmutableHashSet<IPAddress> Nodes)
    {
        public bool IsFor(LookedFor other) => Interfaces.SetEquals(other.Interfaces) && Nodes.SetEquals(other.Nodes);
    }

    [LoggerMessage(8090, LogLevel.Information, "{Count} gateways are watched: {Gateways}")]
    private partial void LogGateways(int count, string gateways);

    [LoggerMessage(8091, LogLevel.Error, "Gateways could not be followed; it is tried again in a second")]
    private partial void LogNotFollowed(Exception exception);
}
