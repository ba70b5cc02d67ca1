namespace Loxi.Bgp.Policy;

/// <summary>A condition on the length of AS_PATH; an AS_SET counts as one (RFC 4271 9.1.2.2 a).</summary>
/// <param name="Comparison">How the route's length is compared.</param>
/// <param name="Value">What it is compared with.</param>
public sealed record BgpAsPathLength(BgpComparison Comparison, uint Value);
