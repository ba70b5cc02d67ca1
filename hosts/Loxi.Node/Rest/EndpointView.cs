namespace Loxi.Node.Rest;

/// <summary>The live state of an endpoint of a service.</summary>
/// <param name="Active">Whether it gets new connections.</param>
/// <param name="Packets">Packets in both directions.</param>
/// <param name="Bytes">Bytes in both directions.</param>
internal readonly record struct EndpointView(bool Active, ulong Packets, ulong Bytes);
