namespace Loxi.Ha.Sync.Engine;

/// <summary>Rules that tests take out, to see that they are needed.</summary>
[Flags]
internal enum SyncRules
{
    None = 0,

    /// <summary>The newer version wins.</summary>
    Newer = 1,

    /// <summary>What is gone is remembered.</summary>
    Tombstones = 2,

    /// <summary>What was not acknowledged is sent again.</summary>
    Requeue = 4,

    /// <summary>Acknowledged is what is in the table.</summary>
    AckAfterApply = 8,

    /// <summary>Sums are compared.</summary>
    Digests = 16,

    /// <summary>What a live peer keeps does not expire here.</summary>
    Veto = 32,

    /// <summary>Only who has all that a peer knows says what is gone.</summary>
    Authority = 64,

    /// <summary>What its owner does not name is gone.</summary>
    Suspects = 128,

    /// <summary>Frames of a former run are refused.</summary>
    Incarnation = 256,

    /// <summary>A peer that is said to be gone, and of which nothing comes, is not alive though its stream is open.</summary>
    Hanging = 512,

    All = 1023,
}
