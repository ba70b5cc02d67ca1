namespace Loxi.Sim;

/// <summary>Faults of the simulator's own caller of the core, that its checks must find.</summary>
[Flags]
internal enum SimSwitches
{
    None = 0,

    /// <summary>The core gets wall-clock time (I14).</summary>
    WallClock = 1,

    /// <summary>The disk says that it has written, and has not (I11).</summary>
    LostWrites = 2,

    /// <summary>Nobody waits for those who are preferred (I13).</summary>
    NoRanks = 4,

    /// <summary>No fault: wall-clock steps are left out of the script; what happens must be the same (I14).</summary>
    NoWallSteps = 8,

    /// <summary>No fault: somebody without the key sends HELLOs; what happens must be the same (I12).</summary>
    Forger = 16,

    /// <summary>HELLOs are heard whatever their authentication says (I12).</summary>
    NoKeys = 32,
}
