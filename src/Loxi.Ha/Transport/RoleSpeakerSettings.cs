using System.Collections.Immutable;
using Loxi.Ha.Roles;

namespace Loxi.Ha.Transport;

/// <summary>What a <see cref="RoleSpeaker"/> shall do: the whole, which replaces what it did before.</summary>
public sealed record RoleSpeakerSettings
{
    /// <summary>Most other nodes.</summary>
    public const int MostPeers = 16;

    /// <summary>The own node id: 0 to <see cref="Slices"/> - 1; cannot be changed while the speaker runs.</summary>
    public required ushort NodeId { get; init; }

    /// <summary>Into how many parts the source ports are divided, one for each node: 1 to 64. Default 2.</summary>
    public int Slices { get; init; } = 2;

    /// <summary>Who decides. Default <see cref="RoleSource.Peers"/>, which needs <see cref="Peers"/>; the others have none.</summary>
    public RoleSource Source { get; init; } = RoleSource.Peers;

    /// <summary>The other nodes: at most <see cref="MostPeers"/>. Default: none.</summary>
    public ImmutableArray<RolePeer> Peers { get; init; } = [];

    /// <summary>The VIP groups: at most 64. Default: none.</summary>
    public ImmutableArray<RoleGroup> Groups { get; init; } = [];

    /// <summary>The interval h between HELLOs: 10 ms to 10 s, equal on all nodes. Default 100 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many intervals without a HELLO are silence: 2 to 50. Default 3.</summary>
    public int Multiplier { get; init; } = 3;

    /// <summary>How far ahead the gate for forwarding is refreshed: the restart time that BGP advertises. Default <see langword="null"/>: as far as the gate for answers.</summary>
    public TimeSpan? AliveAhead { get; init; }

    /// <summary>The keys. Default: none, which is a lasting warning.</summary>
    public HelloAuthentication Authentication { get; init; } = new();

    /// <inheritdoc />
    public bool Equals(RoleSpeakerSettings? other) =>
        other is not null && other.NodeId == NodeId && other.Slices == Slices && other.Source == Source && other.Interval == Interval && other.Multiplier == Multiplier
        && other.AliveAhead == AliveAhead && other.Authentication.Equals(Authentication) && other.Peers.AsSpan().SequenceEqual(Peers.AsSpan()) && other.Groups.AsSpan().SequenceEqual(Groups.AsSpan());

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(NodeId, Slices, Source, Interval, Multiplier, Peers.Length, Groups.Length);

    internal RoleSettings ToCore() => new()
    {
        NodeId = NodeId,
        Source = Source,
        Peers = [.. Peers.Select(static p => p.NodeId)],
        Paths = RolePeer.MostPaths,
        Interval = Interval,
        Multiplier = Multiplier,
        AliveAhead = AliveAhead,
    };
}
