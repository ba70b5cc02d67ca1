using System.Collections.Immutable;
using System.Net;

namespace Loxi.Node.Rest;

/// <summary>Where the REST API listens and who may use it.</summary>
/// <param name="Addresses">The addresses to listen on; <see cref="IPAddress.IPv6Any"/> takes IPv4 too.</param>
/// <param name="Port">The port; 0 = any free one.</param>
/// <param name="Allowed">Sources beside loopback that may use it in plain text.</param>
internal sealed record RestOptions(ImmutableArray<IPAddress> Addresses, int Port, ImmutableArray<IPNetwork> Allowed);
