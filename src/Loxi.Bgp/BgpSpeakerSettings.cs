using System.Collections.Immutable;
using System.Net;

namespace Loxi.Bgp;

/// <summary>Who a speaker is. Immutable; compares by value.</summary>
/// <param name="LocalAs">Own AS, 1 to 4,294,967,295, not 23456 (RFC 6793, 7607).</param>
/// <param name="RouterId">BGP identifier, an IPv4 address that is not 0.0.0.0 (RFC 6286).</param>
public sealed record BgpSpeakerSettings(uint LocalAs, IPAddress RouterId)
{
    /// <summary>TCP port to listen on, 1 to 65,535; 0 for not at all: every peer is connected to.</summary>
    /// <value>Default: 179.</value>
    public int ListenPort { get; init; } = 179;

    /// <summary>Own addresses to listen on.</summary>
    /// <value>Default: none, which is all.</value>
    public ImmutableArray<IPAddress> ListenAddresses { get; init; } = [];

    /// <summary>Restart time that is told to peers with graceful restart, 1 to 4,095 s (RFC 4724 3).</summary>
    /// <value>Default: 120 s.</value>
    public TimeSpan RestartTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Most paths of one prefix that are handed to the route installer, 1 to 64; 1 is no multipath.</summary>
    /// <value>Default: 8.</value>
    public int MaximumPaths { get; init; } = 8;

    /// <summary>How the best path is chosen.</summary>
    /// <value>Default: by RFC 4271 and RFC 5004.</value>
    public BgpBestPathSettings BestPath { get; init; } = new();

    /// <summary>Whether the values are the same.</summary>
    /// <param name="other">What to compare with.</param>
    /// <returns>True when they are.</returns>
    public bool Equals(BgpSpeakerSettings? other)
        => other is not null && LocalAs == other.LocalAs && RouterId.Equals(other.RouterId) && ListenPort == other.ListenPort
            && ListenAddresses.SequenceEqual(other.ListenAddresses) && RestartTime == other.RestartTime && MaximumPaths == other.MaximumPaths && BestPath == other.BestPath;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(LocalAs, RouterId, ListenPort);
}
