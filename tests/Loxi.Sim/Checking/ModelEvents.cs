namespace Loxi.Sim.Checking;

/// <summary>What can happen in a <see cref="Model"/> beside crashes, starts, pauses and broken links.</summary>
[Flags]
internal enum ModelEvents
{
    None = 0,

    /// <summary>Tracked faults (R13).</summary>
    Faults = 1,

    /// <summary>Disks that cannot be written (R2).</summary>
    Disks = 2,

    /// <summary>The process alone ends: its gates stay open until their deadline (R1).</summary>
    Kills = 4,
}
