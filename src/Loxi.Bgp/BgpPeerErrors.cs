using System.Collections.Immutable;

namespace Loxi.Bgp;

/// <summary>What went wrong with a peer, the oldest first.</summary>
/// <param name="Ends">Its last 16 ends of sessions and attempts; equal ones in a row are one.</param>
/// <param name="Malformed">Its last 16 malformed messages.</param>
public sealed record BgpPeerErrors(ImmutableArray<BgpSessionEnd> Ends, ImmutableArray<BgpMalformedMessage> Malformed);
