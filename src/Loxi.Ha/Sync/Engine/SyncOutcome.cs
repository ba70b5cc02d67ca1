namespace Loxi.Ha.Sync.Engine;

/// <summary>What became of a record in the table of a node.</summary>
public enum SyncOutcome : byte
{
    /// <summary>The table is as the record says.</summary>
    Applied = 0,

    /// <summary>The table has something newer, and tells it.</summary>
    Stale = 1,

    /// <summary>What the entry needs is not there, e.g. its service. It is kept and tried again.</summary>
    Unknown = 2,

    /// <summary>The table is full. It is kept and tried again.</summary>
    Full = 3,

    /// <summary>Another entry is in its way and has won: this one is taken away on all nodes.</summary>
    Conflict = 4,

    /// <summary>The table does not take it, now or later.</summary>
    Refused = 5,
}
