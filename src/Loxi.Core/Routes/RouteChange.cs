using System.Collections.Immutable;
using System.Net;

namespace Loxi.Core.Routes;

/// <summary>How a route shall be from now on.</summary>
/// <param name="Prefix">Its destination; bits beyond the length are 0.</param>
/// <param name="NextHops">Its next hops, of equal weight, best first, each once; none when the route goes.</param>
public readonly record struct RouteChange(IPNetwork Prefix, ImmutableArray<RouteNextHop> NextHops);
