using System.Collections.Immutable;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Transport;

namespace Loxi.Node.Options;

/// <summary>What the command line says of nodes that share addresses.</summary>
internal sealed record HaOptions
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(100);

    public const int DefaultMultiplier = 3;

    public static readonly TimeSpan DefaultDrain = TimeSpan.FromSeconds(10);

    /// <summary>The other nodes; empty = none: a controller decides, or nobody.</summary>
    public ImmutableArray<RolePeer> Peers { get; init; } = [];

    /// <summary>Time between HELLOs.</summary>
    public TimeSpan Interval { get; init; } = DefaultInterval;

    /// <summary>HELLOs in a row that may be missed.</summary>
    public int Multiplier { get; init; } = DefaultMultiplier;

    /// <summary>The file with the keys; null = none.</summary>
    public string? KeyFile { get; init; }

    /// <summary>How far HELLOs are authenticated; null = enforce with a key file, bootstrap without.</summary>
    public HelloAuthenticationMode? Mode { get; init; }

    /// <summary>Whether a node without keys must not start.</summary>
    public bool Required { get; init; }

    /// <summary>Priority in the real-time class, 1 to 99; 0 = the ordinary class.</summary>
    public int Priority { get; init; }

    /// <summary>The gateways that are watched.</summary>
    public GatewayChoice Gateways { get; init; } = GatewayChoice.Automatic;

    /// <summary>The other nodes whose connections are kept like those of this one, without addresses; empty = connections are not kept alike, unless <see cref="PairsSync"/>.</summary>
    public ImmutableArray<SyncPeerSettings> SyncPeers { get; init; } = [];

    /// <summary>Whether the pins of the other nodes come by <c>loxictl ha pair</c>.</summary>
    public bool PairsSync { get; init; }

    /// <summary>Whether connections are kept like those of the other nodes.</summary>
    public bool KeepsConnections => PairsSync || !SyncPeers.IsEmpty;

    /// <summary>How long a node that stops goes on to hand over what comes to it.</summary>
    public TimeSpan Drain { get; init; } = DefaultDrain;

    /// <summary>Whether the nodes decide who serves.</summary>
    public bool HasPeers => !Peers.IsEmpty;
}
