using System.Collections.Immutable;

namespace Loxi.Bgp;

/// <summary>Some routes in the order of family, address, length, peer and path. Routes that come or go between two pages are seen or not; the others are seen once.</summary>
/// <param name="Routes">The routes.</param>
/// <param name="Next">What <see cref="BgpRouteQuery.After"/> takes for what follows; null at the end.</param>
public sealed record BgpRoutePage(ImmutableArray<BgpRoute> Routes, string? Next);
