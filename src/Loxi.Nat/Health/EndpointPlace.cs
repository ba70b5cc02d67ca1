using System.Net;

namespace Loxi.Nat.Health;

/// <summary>Where endpoints are probed, whatever services use them.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port, 1 to 65,535.</param>
public readonly record struct EndpointPlace(IPAddress Address, ushort Port);
