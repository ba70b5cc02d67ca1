using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>What UPDATEs led to, beside routes.</summary>
internal readonly record struct RibReceipt
{
    /// <summary>The error that ends the session; UPDATEs after the one at fault were not read.</summary>
    internal BgpError Error { get; init; }

    /// <summary>Where the message at fault begins.</summary>
    internal int ErrorAt { get; init; }

    /// <summary>UPDATEs that were used.</summary>
    internal int Messages { get; init; }

    internal bool EndOfRibIpv4 { get; init; }

    internal bool EndOfRibIpv6 { get; init; }

    /// <summary>The family of which the peer announced more than its limit: Cease 6/1.</summary>
    internal BgpFamily? LimitExceeded { get; init; }

    /// <summary>The family that has come to the warning threshold just now.</summary>
    internal BgpFamily? LimitWarning { get; init; }
}
