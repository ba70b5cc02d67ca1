namespace Loxi.Bgp.Wire;

/// <summary>One family of the long-lived graceful restart capability (RFC 9494 3).</summary>
/// <param name="Family">The family.</param>
/// <param name="Forwarding">F: forwarding was kept.</param>
/// <param name="StaleTime">Seconds, 24 bits.</param>
internal readonly record struct LongLivedCapability(BgpFamily Family, bool Forwarding, uint StaleTime);
