using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Transport;

/// <summary>What the session must know of UPDATEs that the RIB has taken.</summary>
internal readonly record struct ReceiveOutcome
{
    /// <summary>The error that ends the session; none otherwise. Later UPDATEs were not applied.</summary>
    internal BgpError Error { get; init; }

    /// <summary>Where the message at fault begins.</summary>
    internal int ErrorAt { get; init; }

    internal bool EndOfRibIpv4 { get; init; }

    internal bool EndOfRibIpv6 { get; init; }

    /// <summary>The family that has more prefixes than it may.</summary>
    internal BgpFamily? LimitExceeded { get; init; }
}
