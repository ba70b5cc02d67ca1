using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>Which routes are asked for.</summary>
/// <param name="Kind">Of which table.</param>
/// <param name="Family">Of which family.</param>
internal sealed record RibQuery(RibRouteKind Kind, BgpFamily Family)
{
    /// <summary>Only routes from this peer; of <see cref="RibRouteKind.Advertised"/>, which needs one, to it.</summary>
    internal RibPeer? Peer { get; init; }

    internal Prefix? Within { get; init; }

    internal required int Limit { get; init; }

    /// <summary>Null for the beginning.</summary>
    internal RibCursor? After { get; init; }
}
