using Loxi.Linux;
using Loxi.Linux.Netlink;

namespace Loxi.Nat.Interfaces;

/// <summary>
/// Whether the destination of a packet alone decides where the kernel sends it, so that one answer serves all connections to an endpoint.
/// Not with policy routing, not where a route has several ways (the kernel spreads connections over them) or is for some sources only. Pure.
/// </summary>
internal sealed class RoutesByDestination
{
    private readonly HashSet<(InternetAddress Destination, int PrefixLength, uint Table, uint Metric)> _others = [];
    private bool _rules;
    private bool _routes;

    public bool Holds => _rules && _routes && _others.Count == 0;

    /// <summary>Routes that look at more than the destination: which of several ways, or from where.</summary>
    public static bool LooksFurther(Route route) => route.NextHops.Count > 1 || route.NextHopObject != 0 || route.SourcePrefixLength != 0;

    public void SetRules(IEnumerable<RoutingRule> rules) => _rules = rules.All(rule => rule.MatchesAll);

    /// <param name="others">All routes of the node that look further; null when they could not be read.</param>
    public void SetRoutes(IEnumerable<Route>? others)
    {
        _others.Clear();
        _routes = others is not null;
        _others.UnionWith((others ?? []).Select(KeyOf));
    }

    /// <summary>Returns whether the routes must be read once more: one of those that look further changed, and maybe none is left.</summary>
    public bool OnRoute(Route route, bool removed)
    {
        if (!removed && LooksFurther(route))
        {
            _others.Add(KeyOf(route));
            return false;
        }

        return _others.Contains(KeyOf(route));
    }

    private static (InternetAddress Destination, int PrefixLength, uint Table, uint Metric) KeyOf(Route route) => (route.Destination, route.PrefixLength, route.Table, route.Metric);
}
