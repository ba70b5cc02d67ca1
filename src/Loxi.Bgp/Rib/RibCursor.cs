using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>A place in a listing: the route that was shown last.</summary>
/// <param name="Prefix">Its prefix.</param>
/// <param name="Peer">Number of its peer.</param>
/// <param name="PathId">Its path identifier.</param>
internal readonly record struct RibCursor(Prefix Prefix, ushort Peer, uint PathId);
