using System.Collections.Immutable;
using Loxi.Core.Services;

namespace Loxi.Node.Rest;

/// <summary>A service with the live state of its endpoints.</summary>
/// <param name="Service">The service.</param>
/// <param name="Endpoints">The state of each of <see cref="Service.Endpoints"/>, in the same order.</param>
internal sealed record ServiceView(Service Service, ImmutableArray<EndpointView> Endpoints);
