namespace Loxi.Bgp;

/// <summary>A peer's session changed its state.</summary>
/// <param name="Number">Counts all changes of the speaker from 1 on: a reader that missed some sees a gap.</param>
/// <param name="Time">When, by the wall clock.</param>
/// <param name="Peer">The peer.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state now.</param>
public sealed record BgpPeerChange(long Number, DateTimeOffset Time, BgpPeerKey Peer, BgpState From, BgpState To);
