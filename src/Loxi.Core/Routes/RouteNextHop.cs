using System.Net;

namespace Loxi.Core.Routes;

/// <summary>One way to a destination.</summary>
/// <param name="Address">The next router, of the route's family or IPv6 (RFC 8950). A link-local one has a scope, or <paramref name="Interface"/>.</param>
/// <param name="Interface">Name of the interface to it; null when the address tells.</param>
public readonly record struct RouteNextHop(IPAddress Address, string? Interface);
