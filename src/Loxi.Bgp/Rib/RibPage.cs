namespace Loxi.Bgp.Rib;

/// <summary>Some routes in order of address, length, peer's number and path.</summary>
/// <param name="Routes">The routes.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
internal sealed record RibPage(List<RibRoute> Routes, RibCursor? Next);
