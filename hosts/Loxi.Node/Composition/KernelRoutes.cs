using System.Net;
using Loxi.Core.Routes;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Route = Loxi.Linux.Netlink.Route;

namespace Loxi.Node.Composition;

/// <summary>
/// Learned routes in the kernel's main table, under a protocol number of their own. They stay when the process dies; the next one takes them over and
/// removes what nobody tells any more. Routes of others are never replaced.
/// </summary>
internal sealed partial class KernelRoutes(ILogger<KernelRoutes> logger) : IRouteInstaller, IDisposable
{
    /// <summary>"loxi" of <c>ip route show proto 76</c>.</summary>
    internal const RouteProtocol Protocol = (RouteProtocol)76;

    /// <summary>Apart from the metrics of others, since the kernel tells routes of one prefix by it.</summary>
    private const uint Metric = 76;

    private readonly ILogger _logger = logger;
    private readonly RtnetlinkClient _client = new();
    private readonly HashSet<IPNetwork> _installed = [];
    private Dictionary<IPNetwork, Route>? _inherited;

    /// <summary>Removes all that any process has installed.</summary>
    internal static int RemoveAll()
    {
        using var client = new RtnetlinkClient();
        var routes = client.GetRoutes(where: static route => route.Protocol == Protocol);
        foreach (var route in routes)
        {
            Delete(client, route);
        }

        return routes.Count;
    }

    public ValueTask ApplyAsync(IReadOnlyList<RouteChange> changes, CancellationToken cancellationToken)
    {
        _inherited ??= _client.GetRoutes(where: static route => route.Protocol == Protocol).ToDictionary(static route => Prefix(route));
        foreach (var change in changes)
        {
            try
            {
                Apply(change);
            }
            catch (LinuxException e)
            {
                LogRefused(change.Prefix, string.Join(", ", change.NextHops.Select(static hop => hop.Address)), e.Message);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        _inherited ??= _client.GetRoutes(where: static route => route.Protocol == Protocol).ToDictionary(static route => Prefix(route));
        foreach (var (prefix, route) in _inherited.Where(route => !_installed.Contains(route.Key)))
        {
            Delete(_client, route);
            LogLeftRemoved(prefix);
        }

        _inherited.Clear();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _client.Dispose();

    private void Apply(RouteChange change)
    {
        var prefix = change.Prefix;
        if (change.NextHops.IsEmpty)
        {
            if (_installed.Remove(prefix) | _inherited!.Remove(prefix))
            {
                Delete(_client, new Route { Destination = prefix.BaseAddress, PrefixLength = prefix.PrefixLength, Metric = Metric, Protocol = Protocol });
            }

            return;
        }

        var hops = change.NextHops.Select(hop => new Loxi.Linux.Netlink.RouteNextHop(hop.Interface is { } name ? _client.GetLink(name).Index : 0, hop.Address)).ToArray();
        var route = new Route { Destination = prefix.BaseAddress, PrefixLength = prefix.PrefixLength, Metric = Metric, Protocol = Protocol };
        route = hops is [var only] ? route with { Gateway = only.Gateway, OutputInterface = only.InterfaceIndex } : route with { NextHops = hops };
        if (_installed.Contains(prefix) || _inherited!.ContainsKey(prefix))
        {
            _client.ReplaceRoute(route);
        }
        else
        {
            _client.AddRoute(route);
        }

        _installed.Add(prefix);
        _inherited!.Remove(prefix);
    }

    private static IPNetwork Prefix(Route route) => new(route.Destination.ToIPAddress(), route.PrefixLength);

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
}
