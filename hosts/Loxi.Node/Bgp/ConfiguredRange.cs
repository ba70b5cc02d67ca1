using System.Net;
using Loxi.Bgp;

namespace Loxi.Node.Bgp;

/// <summary>Dynamic neighbours as they are configured.</summary>
/// <param name="Network">Their addresses.</param>
/// <param name="Settings">How each is treated, but for whether we are its next hop; the address is the first of <paramref name="Network"/>.</param>
internal sealed record ConfiguredRange(IPNetwork Network, BgpPeerSettings Settings)
{
    public BgpRangeKey Key => new(Network, Network.BaseAddress.IsIPv6LinkLocal ? Settings.Interface : null);

    /// <summary>Most of them at a time.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Whether we are the next hop of all routes to them; null: what the speaker says.</summary>
    public bool? NextHopSelf { get; init; }
}
