using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp;

namespace Loxi.Node.Bgp;

/// <summary>The BGP speaker as it is configured by REST; what it leaves open the command line says.</summary>
/// <param name="LocalAs">Own AS.</param>
/// <param name="RouterId">BGP identifier.</param>
internal sealed record ConfiguredSpeaker(uint LocalAs, IPAddress RouterId)
{
    public bool NextHopSelf { get; init; }

    /// <summary>Port to listen on; null: the command line's.</summary>
    public int? ListenPort { get; init; }

    /// <summary>Addresses to listen on; none: the command line's.</summary>
    public ImmutableArray<IPAddress> ListenAddresses { get; init; } = [];

    /// <summary>Whether not to listen at all.</summary>
    public bool Passive { get; init; }

    public TimeSpan RestartTime { get; init; } = TimeSpan.FromSeconds(120);

    public int MaximumPaths { get; init; } = 8;

    public BgpBestPathSettings BestPath { get; init; } = new();

    public bool Equals(ConfiguredSpeaker? other) =>
        other is not null && (LocalAs, NextHopSelf, ListenPort, Passive, RestartTime, MaximumPaths, BestPath) == (other.LocalAs, other.NextHopSelf, other.ListenPort, other.Passive, other.RestartTime, other.MaximumPaths, other.BestPath)
        && RouterId.Equals(other.RouterId) && ListenAddresses.SequenceEqual(other.ListenAddresses);

    public override int GetHashCode() => HashCode.Combine(LocalAs, RouterId, ListenPort);

    public BgpSpeakerSettings ToSettings(BgpDefaults defaults) => new(LocalAs, RouterId)
    {
        ListenPort = Passive ? 0 : ListenPort ?? defaults.ListenPort,
        ListenAddresses = ListenAddresses.IsEmpty ? defaults.ListenAddresses : ListenAddresses,
        RestartTime = RestartTime,
        MaximumPaths = MaximumPaths,
        BestPath = BestPath,
    };
}
