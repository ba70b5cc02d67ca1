using System.Net;

namespace Loxi.Core.Failures;

/// <summary>How a neighbouring system fares.</summary>
/// <param name="Peer">Its address, without a scope.</param>
/// <param name="Interface">Name of the interface that it is watched on; null for any.</param>
/// <param name="State">Whether it is there.</param>
/// <param name="IsControlPlaneIndependent">Whether its answers say nothing about its control plane (RFC 5880 6.8.7, C bit): its forwarding may have failed alone.</param>
public readonly record struct PeerReachability(IPAddress Peer, string? Interface, ReachabilityState State, bool IsControlPlaneIndependent)
{
    /// <summary>
    /// Whether nobody else can have made it up: this system found it out itself by its own timer, or the peer said so in a way that is authenticated. What is not
    /// must not cause a change of roles. Default <see langword="false"/>.
    /// </summary>
    public bool IsTrusted { get; init; }

    /// <summary>
    /// When this came to be: CLOCK_MONOTONIC in nanoseconds, as <c>Loxi.Linux.Time.MonotonicClock</c> has it. What was heard of the peer by other means later than that
    /// is newer. Default 0: not known.
    /// </summary>
    public long Time { get; init; }
}
