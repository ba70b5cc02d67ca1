namespace Loxi.Bgp.Wire;

/// <summary>A ROUTE-REFRESH; the family means nothing when it is <see cref="RouteRefreshKind.Ignored"/>.</summary>
internal readonly record struct RouteRefreshMessage(RouteRefreshKind Kind, BgpFamily Family);
