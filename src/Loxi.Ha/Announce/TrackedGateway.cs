using System.Net;

namespace Loxi.Ha.Announce;

/// <summary>A next hop that is asked again and again whether it is there (R13).</summary>
/// <param name="Address">Its address, IPv4 or IPv6.</param>
/// <param name="Interface">Name of the interface that leads to it.</param>
public sealed record TrackedGateway(IPAddress Address, string Interface);
