using System.Net;

namespace Loxi.Bgp;

/// <summary>
/// Addresses from which peers may connect without being listed one by one (dynamic neighbours). We never connect to them ourselves. Of several ranges that hold an address
/// the longest counts.
/// </summary>
/// <param name="Network">The addresses. Link-local ones are those of the link of <see cref="BgpPeerSettings.Interface"/>, so each link may have a range of them.</param>
/// <param name="Settings">How such a peer is treated; its address is replaced by the one that connects, and <see cref="BgpPeerSettings.Passive"/> is implied.</param>
public sealed record BgpPeerRange(IPNetwork Network, BgpPeerSettings Settings)
{
    /// <summary>Most peers of the range at a time, 1 to 10,000.</summary>
    /// <value>Default: 100.</value>
    public int Limit { get; init; } = 100;

    /// <summary>What makes a range the one that it is.</summary>
    internal (IPNetwork Network, string? Interface) Key => (Network, Network.BaseAddress.IsIPv6LinkLocal ? Settings.Interface : null);
}
