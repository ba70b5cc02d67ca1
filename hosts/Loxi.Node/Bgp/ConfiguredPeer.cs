using Loxi.Bgp;

namespace Loxi.Node.Bgp;

/// <summary>A BGP peer as it is configured.</summary>
/// <param name="Settings">Its settings, but for whether we are its next hop.</param>
internal sealed record ConfiguredPeer(BgpPeerSettings Settings)
{
    public BgpPeerKey Key => BgpPeerKey.Of(Settings);

    /// <summary>Whether we are the next hop of all routes to it; null: what the speaker says.</summary>
    public bool? NextHopSelf { get; init; }
}
