using System.Collections.Immutable;

namespace Loxi.Ha.Roles;

/// <summary>What the role core of a VIP group is told once. All times are positive.</summary>
public sealed record RoleSettings
{
    /// <summary>The own node id, not among <see cref="Peers"/>.</summary>
    public required ushort NodeId { get; init; }

    /// <summary>Who decides. Default <see cref="RoleSource.Peers"/>.</summary>
    public RoleSource Source { get; init; } = RoleSource.Peers;

    /// <summary>The other nodes, each once. Default: none.</summary>
    public ImmutableArray<ushort> Peers { get; init; } = [];

    /// <summary>How many paths lead to each peer: 1 to 8. Default 1.</summary>
    public int Paths { get; init; } = 1;

    /// <summary>The interval h between HELLOs. Default 100 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many intervals m without a HELLO are silence: at least 2. Default 3. The gates stay open for m intervals and no longer.</summary>
    public int Multiplier { get; init; } = 3;

    /// <summary>R1: how long a started node listens, in intervals. Default 5.</summary>
    public int ListenIntervals { get; init; } = 5;

    /// <summary>R1: how long a probe of the VIPs may take. Default 300 ms.</summary>
    public TimeSpan VipProbeTime { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>R1: how often a VIP that is withheld is probed, the first time after <see cref="DeadMan"/>. Default 5 s.</summary>
    public TimeSpan VipProbeAgain { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>R2: by how much each better backup delays a promotion, as a part of an interval. Default 0.5.</summary>
    public double RankStep { get; init; } = 0.5;

    /// <summary>R2: how many terms a backup reserves beyond the greatest it has seen: at least 1. Default 16.</summary>
    public int ReservedTerms { get; init; } = 16;

    /// <summary>R2a: after how many silent intervals a master is probed. Default 2.</summary>
    public int ProbeAfterIntervals { get; init; } = 2;

    /// <summary>R2a: how many probes. Default 5.</summary>
    public int Probes { get; init; } = 5;

    /// <summary>R2a: the distance of the probes. Default 15 ms.</summary>
    public TimeSpan ProbeDistance { get; init; } = TimeSpan.FromMilliseconds(15);

    /// <summary>R4: how many HELLOs of a master that does not hear us make us step down. Default 3.</summary>
    public int DeafHellos { get; init; } = 3;

    /// <summary>R5: how long nodes without a master wait, and how much longer for each better one, in intervals. Default 4.</summary>
    public int NoMasterIntervals { get; init; } = 4;

    /// <summary>R6: how long a master that stood still listens before it resumes, in intervals. Default 2.</summary>
    public int HoldIntervals { get; init; } = 2;

    /// <summary>R7: how far ahead the gate for forwarding is refreshed; <see langword="null"/> (default) as far as the gate for answers. The advertised restart time where graceful restart is asked for.</summary>
    public TimeSpan? AliveAhead { get; init; }

    /// <summary>R7: gates are used. Default <see langword="true"/>; <see langword="false"/> for a standalone node.</summary>
    public bool Gates { get; init; } = true;

    /// <summary>R8: how long without a packet until the old node closes. Default 1 s.</summary>
    public TimeSpan DrainIdle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>R8: when the old node closes at the latest. Default 30 s.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>R8: how long the sync barrier and the answer of the new node may take together. Default 2 s.</summary>
    public TimeSpan SwitchoverTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>R9: how many transitions in <see cref="DampingWindow"/> start damping; 0: never. Default 3.</summary>
    public int DampingTransitions { get; init; } = 3;

    /// <summary>R9: the time over which transitions are counted. Default 60 s.</summary>
    public TimeSpan DampingWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>R9: the first hold; each further one is twice as long. Default 5 s.</summary>
    public TimeSpan DampingHold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>R9: the longest hold. Default 5 minutes.</summary>
    public TimeSpan DampingMost { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>R10: a witness is used: the node announces only while it holds its lease. Default <see langword="false"/>.</summary>
    public bool Witness { get; init; }

    /// <summary>R10: how long before the end of the lease the node stops: with a witness not less than <see cref="DeadMan"/>, for which the gates of a node that stands still stay open. Default 1 s.</summary>
    public TimeSpan WitnessMargin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>R13: how long a tracked fault lasts before it counts. Default 50 ms.</summary>
    public TimeSpan FaultAfter { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>R13: how long a tracked fault is gone before it no longer counts. Default 3 s.</summary>
    public TimeSpan FaultGoneAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>R13: by how much each fault lowers the health: 1 to 255. Default 64.</summary>
    public int FaultWeight { get; init; } = 64;

    /// <summary>R13: how many HELLOs say Resign. Default 3.</summary>
    public int ResignHellos { get; init; } = 3;

    /// <summary>m intervals: how long the gates stay open without a refresh.</summary>
    public TimeSpan DeadMan => Interval * Multiplier;
}
