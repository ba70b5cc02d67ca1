using System.Net;
using System.Text.RegularExpressions;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.Interfaces;

/// <summary>
/// Follows the kernel: attaches to interfaces that the policy wants as they come, lets flows look again when a route, neighbour or link
/// changes, tells the programs the node's own addresses and VLAN devices, and says when the ways to endpoints may be others. What fails is tried again, with the whole network, after a
/// pause that grows from one second to half a minute: whatever the network brings, following it does not end.
/// </summary>
internal sealed partial class NetworkWatcher : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly RtnetlinkMonitor _monitor;
    private readonly RtnetlinkClient _client;
    private readonly NetworkState _state = new();
    private readonly RoutesByDestination _routes = new();
    private readonly LocalAddresses _addresses;
    private readonly NatMaps _maps;
    private readonly InterfaceAttachments _attachments;
    private readonly InterfacePolicy _policy;
    private readonly NextHopGeneration _generation;
    private readonly Action _onWaysChanged;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Thread? _thread;
    private CancellationTokenSource? _again;
    private TimeSpan _pause = FirstPause;
    private bool _resyncNeeded;
    private bool _routesNeeded;

    public NetworkWatcher(NatMaps maps, InterfaceAttachments attachments, InterfacePolicy policy, NextHopGeneration generation, IEnumerable<IPAddress> known, Action<IPAddress, bool> setLocal, Action onWaysChanged, TimeProvider time, ILogger logger)
    {
        _addresses = new LocalAddresses(known, setLocal);
        _maps = maps;
        _attachments = attachments;
        _policy = policy;
        _generation = generation;
        _onWaysChanged = onWaysChanged;
        _time = time;
        _logger = logger;
        _monitor = new RtnetlinkMonitor();
        _client = new RtnetlinkClient();
    }

    /// <summary>Takes the network as it is now, then follows it on a thread of its own.</summary>
    public void Start()
    {
        Resync();
        _attachments.RemoveStale();
        _thread = new Thread(Run) { IsBackground = true, Name = "loxi-network" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread?.Join();
        _monitor.Dispose();
        _client.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Follow();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogChangeFailed(_pause, e);
                _resyncNeeded = true;
                Task.Delay(_pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
                Lengthen();
            }
        }
    }

    /// <summary>Returns when something that was put off is to be tried again.</summary>
    private void Follow()
    {
        using var again = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(again.Token, _stop.Token);
        _again = again;
        try
        {
            if (_resyncNeeded)
            {
                _resyncNeeded = false;
                Resync();
            }

            if (_routesNeeded)
            {
                TakeRoutes();
            }

            if (!_resyncNeeded && !_routesNeeded)
            {
                _pause = FirstPause;
            }

            _monitor.Run(OnChange, either.Token);
        }
        catch (OperationCanceledException) when (again.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            Lengthen();
        }
        finally
        {
            _again = null;
        }
    }

    private void Lengthen() => _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;

    private void OnChange(in NetworkChange change)
    {
        var removed = change.Action == NetworkChangeAction.Removed;
        switch (change.Kind)
        {
            case NetworkChangeKind.Link when change.Link is { } link:
                OnLink(link, removed);
                break;
            case NetworkChangeKind.Neighbour:
                MoveIf(_state.OnNeighbour(change.Neighbour, removed));
                break;
            case NetworkChangeKind.Route when change.Route is { } route:
                OnRoute(route, removed);
                break;
            case NetworkChangeKind.Rule:
                _routes.SetRules(_client.GetRules());
                MoveWays();
                break;
            case NetworkChangeKind.Address:
                _addresses.OnChange(change.Address, removed);
                MoveWays();
                break;
            case NetworkChangeKind.Resync:
                Resync();
                break;
        }
    }

    private void OnLink(Link link, bool removed)
    {
        if (removed)
        {
            _attachments.Remove(link.Index);
            _maps.Links.TryDelete((uint)link.Index);
        }
        else
        {
            NoteLink(link);
        }

        var changed = _state.OnLink(link, removed);
        PublishMtu();
        MoveIf(changed);
        if (changed)
        {
            _onWaysChanged();
        }
    }

    private void NoteLink(Link link)
    {
        if (link.Kind == "vlan")
        {
            _maps.Links.Update((uint)link.Index, new RawLink { Flags = Shared.LinkVlanDevice });
        }

        HookMode? hook;
        try
        {
            hook = _policy.HookFor(link);
        }
        catch (RegexMatchTimeoutException e)
        {
            // The name of an interface is not ours: it stays as it is, the others are followed all the same.
            LogUndecided(link.Name, _pause, e);
            _resyncNeeded = true;
            _again?.CancelAfter(_pause);
            return;
        }

        _attachments.Ensure(link, hook, _policy.WantsEgress(link, hook));
    }

    private void OnRoute(Route route, bool removed)
    {
        if (_routes.OnRoute(route, removed))
        {
            TakeRoutes();
        }

        MoveWays();
    }

    /// <summary>While routes come and go they cannot be read as a whole: until then the programs ask the kernel for each connection.</summary>
    private void TakeRoutes()
    {
        try
        {
            _routesNeeded = false;
            _routes.SetRoutes(_client.GetRoutes(table: 0, where: RoutesByDestination.LooksFurther));
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.EINTR)
        {
            _routes.SetRoutes(null);
            _routesNeeded = true;
            _again?.CancelAfter(_pause);
            LogRoutesUnread(_pause, e);
        }

        PublishRoutes();
    }

    /// <summary>Before connections look again: what they find must not be kept when it is not for all.</summary>
    private void PublishRoutes() => _maps.SetControlFlag(Shared.ControlRoutesByDestination, _routes.Holds);

    private void MoveWays()
    {
        PublishRoutes();
        _generation.Move();
        _onWaysChanged();
    }

    private void MoveIf(bool changed)
    {
        if (changed)
        {
            _generation.Move();
        }
    }

    private void PublishMtu() => Volatile.Write(ref _maps.Control.Span[0].MinMtu, (uint)_state.SmallestMtu);

    private void Resync()
    {
        _state.Clear();
        var links = _client.GetLinks();
        foreach (var link in links)
        {
            NoteLink(link);
            _state.OnLink(link, removed: false);
        }

        foreach (var gone in _attachments.Known.Where(index => links.All(l => l.Index != index)))
        {
            _attachments.Remove(gone);
        }

        foreach (var gone in _maps.Links.ToArray().Where(e => links.All(l => l.Index != e.Key || l.Kind != "vlan")))
        {
            _maps.Links.TryDelete(gone.Key);
        }

        _addresses.Replace(_client.GetAddresses());
        foreach (var neighbour in _client.GetNeighbours())
        {
            _state.OnNeighbour(neighbour, removed: false);
        }

        PublishMtu();
        _routes.SetRules(_client.GetRules());
        TakeRoutes();
        MoveWays();
    }

    [LoggerMessage(2022, LogLevel.Debug, "The routes changed while they were read; the next attempt is in {Pause}, until then each new connection asks for its route")]
    private partial void LogRoutesUnread(TimeSpan pause, Exception exception);

    [LoggerMessage(2021, LogLevel.Warning, "Whether {Interface} is to be used could not be decided; it stays as it is, the next attempt is in {Pause}")]
    private partial void LogUndecided(string @interface, TimeSpan pause, Exception exception);

    [LoggerMessage(2020, LogLevel.Warning, "A change of the network could not be handled; taking the whole network anew in {Pause}")]
    private partial void LogChangeFailed(TimeSpan pause, Exception exception);
}
