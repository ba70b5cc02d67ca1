using Loxi.Core.Services;

namespace Loxi.Nat.Statistics;

/// <summary>Where the counters of a service are.</summary>
internal sealed record ServicePlaces(Service Service, uint Id, IReadOnlyList<(ServiceEndpoint Endpoint, uint Index, bool IsActive)> Endpoints);
