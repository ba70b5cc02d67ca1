namespace Loxi.Ha.Roles;

/// <summary>What an operator should know although, or because, no role changes.</summary>
public enum RoleAlarm : byte
{
    /// <summary>A VIP answers a probe although nobody is heard to serve it: it is withheld.</summary>
    VipClaimed,

    /// <summary>The probe of the VIPs had no result in time: taken for silence.</summary>
    VipProbeFailed,

    /// <summary>The term of a promotion is not on disk.</summary>
    TermNotDurable,

    /// <summary>A promotion waits for the disk, because other nodes are heard.</summary>
    TermsMissing,

    /// <summary>A path is silent although the peer is heard on another (R12).</summary>
    PathSilent,

    /// <summary>BFD and HELLO disagree on a path (R12).</summary>
    SignalsDisagree,

    /// <summary>A peer has another configuration.</summary>
    ConfigDiffers,

    /// <summary>A tracked fault, and no healthier backup is heard (R13).</summary>
    FaultWithoutBackup,

    /// <summary>The other node did not take the role over (R8).</summary>
    SwitchoverFailed,

    /// <summary>A change of role is held back (R9).</summary>
    Damped,

    /// <summary>A node with the own id is heard.</summary>
    DuplicateNodeId,

    /// <summary>A serving node lacks its services.</summary>
    NotReady,
}
