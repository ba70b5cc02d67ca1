using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>A route in a listing: a copy that does not change.</summary>
/// <param name="Prefix">The prefix.</param>
/// <param name="Peer">Where it is from, or of an advertised one where it went; null for an own announcement.</param>
/// <param name="PathId">Path identifier.</param>
/// <param name="Attributes">A canonical block.</param>
/// <param name="NextHop">Next hop; of kind None the own address of each session.</param>
internal sealed record RibRoute(Prefix Prefix, RibPeer? Peer, uint PathId, byte[] Attributes, NextHop NextHop)
{
    internal bool IsBest { get; init; }

    internal bool IsMultipath { get; init; }

    internal bool IsStale { get; init; }

    internal RouteRejection Rejection { get; init; }

    internal AttributeBlock Block => new(Attributes);
}
