using System.Collections.Immutable;

namespace Loxi.Ha.Roles;

/// <summary>What a node tells the others of itself and of one VIP group.</summary>
public sealed record Hello
{
    /// <summary>The node: 0 to 65535, unique among its peers.</summary>
    public required ushort NodeId { get; init; }

    /// <summary>The run of its process: greater with every start.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>The number of the HELLO in the run.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>The role in the group.</summary>
    public required HelloRole Role { get; init; }

    /// <summary>The term of the role; of a node that does not serve the greatest that it knows.</summary>
    public required ulong Term { get; init; }

    /// <summary>Whether it can serve.</summary>
    public required Readiness Readiness { get; init; }

    /// <summary>How well it is: 0 (worst) to 255.</summary>
    public byte Health { get; init; } = byte.MaxValue;

    /// <summary>Whom the operator prefers: the greater.</summary>
    public byte Priority { get; init; } = 100;

    /// <summary>It is pinned as a backup: it serves only when it hears nobody.</summary>
    public bool Pinned { get; init; }

    /// <summary>A backup that asks the master for the role (planned switchover).</summary>
    public bool Claims { get; init; }

    /// <summary>A master that hands the role over (R8), or has resigned (R13): to whom. <see langword="null"/> when it does not, and when it knows nobody.</summary>
    public ushort? HandsOverTo { get; init; }

    /// <summary>Hash of what must be equal on all nodes: services, VIPs, endpoints.</summary>
    public ulong ConfigHash { get; init; }

    /// <summary>Whom it hears.</summary>
    public ImmutableArray<HeardPeer> Heard { get; init; } = [];

    /// <summary>The masters of the group that it hears directly.</summary>
    public ImmutableArray<HeardMaster> Masters { get; init; } = [];
}
