using System.Net;

namespace Loxi.Bgp;

/// <summary>Addresses from which peers may connect without being listed one by one. We never connect to them ourselves.</summary>
/// <param name="Network">The addresses.</param>
/// <param name="Settings">How such a peer is treated; its address is replaced by the one that connects, and <see cref="BgpPeerSettings.Passive"/> is implied.</param>
public sealed record BgpPeerRange(IPNetwork Network, BgpPeerSettings Settings)
{
    /// <summary>Most peers of the range at a time, 1 to 10,000.</summary>
    /// <value>Default: 100.</value>
    public int Limit { get; init; } = 100;
}
