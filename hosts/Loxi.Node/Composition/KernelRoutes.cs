using System.Net;
using Loxi.Core.Routes;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using KernelNextHop = Loxi.Linux.Netlink.RouteNextHop;
using Route = Loxi.Linux.Netlink.Route;

namespace Loxi.Node.Composition;

/// <summary>
/// Learned routes in the kernel's main table, under a protocol number of their own. They stay when the process dies; the next one takes them over and
/// removes what nobody tells any more. What the kernel drops with a link, or refused, is put there when links and addresses change. Routes of others are never replaced.
/// </summary>
internal sealed partial class KernelRoutes : IRouteInstaller, IDisposable
{
    /// <summary>"loxi" of <c>ip route show proto 76</c>.</summary>
    internal const RouteProtocol Protocol = (RouteProtocol)76;

    /// <summary>Apart from the metrics of others, since the kernel tells routes of one prefix by it.</summary>
    private const uint Metric = 76;

    /// <summary>Changes of links come in crowds.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ILogger<KernelRoutes> _logger;
    private readonly TimeProvider _time;
    private readonly RtnetlinkClient _client = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<IPNetwork, RouteChange> _desired = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _following;
    private HashSet<IPNetwork>? _inherited;

    public KernelRoutes(ILogger<KernelRoutes> logger, TimeProvider time)
    {
        _logger = logger;
        _time = time;
        _following = FollowAsync();
    }

    /// <summary>Removes all that any process has installed.</summary>
    internal static void RemoveAll()
    {
        using var client = new RtnetlinkClient();
        foreach (var route in client.GetRoutes(where: static route => route.Protocol == Protocol))
        {
            Delete(client, route);
        }
    }

    public ValueTask ApplyAsync(IReadOnlyList<RouteChange> changes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _inherited ??= ReadPrefixes();
            foreach (var change in changes)
            {
                var isNew = !_desired.ContainsKey(change.Prefix) && !_inherited.Remove(change.Prefix);
                if (change.NextHops.IsEmpty)
                {
                    _desired.Remove(change.Prefix);
                    Remove(change.Prefix);
                }
                else
                {
                    _desired[change.Prefix] = change;
                    Put(change, isNew);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var prefix in _inherited ?? ReadPrefixes())
            {
                Remove(prefix);
                LogLeftRemoved(prefix);
            }

            _inherited = [];
        }

        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _following.GetAwaiter().GetResult();
        _stop.Dispose();
        _client.Dispose();
    }

    private HashSet<IPNetwork> ReadPrefixes()
        => [.. _client.GetRoutes(where: static route => route.Protocol == Protocol).Select(static route => new IPNetwork(route.Destination.ToIPAddress(), route.PrefixLength))];

    private async Task FollowAsync()
    {
        try
        {
            using var monitor = new RtnetlinkMonitor(RtnetlinkGroups.Links | RtnetlinkGroups.Addresses);
            await foreach (var _ in monitor.ReadAllAsync(_stop.Token))
            {
                await Task.Delay(Pause, _time, _stop.Token);
                lock (_gate)
                {
                    PutMissing();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end.
        }
        catch (LinuxException e)
        {
            LogNotFollowed(e.Message);
        }
    }

    private void PutMissing()
    {
        try
        {
            var present = ReadPrefixes();
            foreach (var change in _desired.Values.Where(change => !present.Contains(change.Prefix)))
            {
                Put(change, isNew: true);
            }
        }
        catch (LinuxException e)
        {
            // The next change looks again.
            LogNotFollowed(e.Message);
        }
    }

    private void Put(RouteChange change, bool isNew)
    {
        try
        {
            var hops = change.NextHops.Select(hop => new KernelNextHop(hop.Interface is { } name ? _client.GetLink(name).Index : 0, hop.Address)).ToArray();
            var route = RouteTo(change.Prefix);
            route = hops is [var only] ? route with { Gateway = only.Gateway, OutputInterface = only.InterfaceIndex } : route with { NextHops = hops };
            if (isNew)
            {
                _client.AddRoute(route);
            }
            else
            {
                _client.ReplaceRoute(route);
            }
        }
        catch (LinuxException e)
        {
            LogRefused(change.Prefix, string.Join(", ", change.NextHops.Select(static hop => hop.Address)), e.Message);
        }
    }

    private void Remove(IPNetwork prefix)
    {
        try
        {
            Delete(_client, RouteTo(prefix));
        }
        catch (LinuxException e)
        {
            LogNotRemoved(prefix, e.Message);
        }
    }

    private static Route RouteTo(IPNetwork prefix) => new() { Destination = prefix.BaseAddress, PrefixLength = prefix.PrefixLength, Metric = Metric, Protocol = Protocol };

    private static void Delete(RtnetlinkClient client, Route route)
    {
        try
        {
            client.DeleteRoute(route);
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.ESRCH)
        {
            // It went with its interface.
        }
    }

    [LoggerMessage(8066, LogLevel.Warning, "The kernel does not take the learned route to {Prefix} by {NextHops}: {Reason}")]
    private partial void LogRefused(IPNetwork prefix, string nextHops, string reason);

    [LoggerMessage(8067, LogLevel.Information, "The route to {Prefix}, which an earlier process had learned, is removed: no peer tells it any more")]
    private partial void LogLeftRemoved(IPNetwork prefix);

    [LoggerMessage(8068, LogLevel.Error, "The learned route to {Prefix} could not be removed: {Reason}")]
    private partial void LogNotRemoved(IPNetwork prefix, string reason);

    [LoggerMessage(8069, LogLevel.Error, "Learned routes cannot be compared with the kernel's when links change: {Reason}")]
    private partial void LogNotFollowed(string reason);
}
