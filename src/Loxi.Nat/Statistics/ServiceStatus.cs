using System.Collections.Immutable;
using Loxi.Core.Services;

namespace Loxi.Nat.Statistics;

/// <summary>A service in force with what it has done.</summary>
/// <param name="Service">The service as applied.</param>
/// <param name="Connections">Connections made since the service was added.</param>
/// <param name="Refused">Packets refused in its name since then.</param>
/// <param name="Endpoints">Its endpoints, in the order of the service.</param>
public sealed record ServiceStatus(Service Service, ulong Connections, ulong Refused, ImmutableArray<EndpointStatus> Endpoints);

/// <summary>An endpoint of a service in force.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="IsActive">Whether it gets new connections.</param>
/// <param name="Counters">What it has done.</param>
public sealed record EndpointStatus(ServiceEndpoint Endpoint, bool IsActive, EndpointCounters Counters);
