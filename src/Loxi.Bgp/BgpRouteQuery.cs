using System.Net;

namespace Loxi.Bgp;

/// <summary>Which routes are asked for. Immutable.</summary>
/// <param name="Kind">Of which table.</param>
public sealed record BgpRouteQuery(BgpRouteKind Kind)
{
    /// <summary>Only routes from, or of <see cref="BgpRouteKind.Advertised"/> to, this peer.</summary>
    /// <value>Default: null, every peer.</value>
    public BgpPeerKey? Peer { get; init; }

    /// <summary>Only this family.</summary>
    /// <value>Default: null, every family.</value>
    public BgpFamily? Family { get; init; }

    /// <summary>Only prefixes that lie within this one, itself included.</summary>
    /// <value>Default: null, every prefix.</value>
    public IPNetwork? Within { get; init; }

    /// <summary>Most routes in the answer, 1 to 100,000.</summary>
    /// <value>Default: 1,000.</value>
    public int Limit { get; init; } = 1_000;

    /// <summary><see cref="BgpRoutePage.Next"/> of the answer before.</summary>
    /// <value>Default: null, from the beginning.</value>
    public string? After { get; init; }
}
