namespace Loxi.Ha.Roles;

/// <summary>Why a role changed.</summary>
public enum RoleCause : byte
{
    /// <summary>The process has started (R1).</summary>
    Started,

    /// <summary>No source of roles: every node announces.</summary>
    NoRoles,

    /// <summary>A restart found its own gates still open and its term unchanged (R1).</summary>
    Resumed,

    /// <summary>A master is heard, directly or by a peer's report (R1, R6).</summary>
    MasterHeard,

    /// <summary>Other nodes are heard and none of them serves (R1).</summary>
    PeersHeard,

    /// <summary>Nobody was heard after the start, and the addresses are silent (R1).</summary>
    Alone,

    /// <summary>The master fell silent (R2).</summary>
    MasterSilent,

    /// <summary>A better master is heard (R3).</summary>
    BetterMaster,

    /// <summary>A master that does not hear this node serves too (R4).</summary>
    DeafYield,

    /// <summary>Nodes hear each other and none serves (R5).</summary>
    NoMaster,

    /// <summary>The process stood still for longer than its gates stay open (R6).</summary>
    Paused,

    /// <summary>After a pause nobody else serves (R6).</summary>
    PauseOver,

    /// <summary>A planned switchover (R8).</summary>
    Switchover,

    /// <summary>The lease of the witness ran out (R10).</summary>
    WitnessLost,

    /// <summary>A tracked fault, and a healthier backup is heard (R13).</summary>
    Fault,

    /// <summary>The master gave the role away (R13).</summary>
    MasterResigned,

    /// <summary>All HELLOs with role Resign are sent (R13).</summary>
    Resigned,

    /// <summary>A post of a controller or an operator.</summary>
    Posted,

    /// <summary>The process stops.</summary>
    Stopping,
}
