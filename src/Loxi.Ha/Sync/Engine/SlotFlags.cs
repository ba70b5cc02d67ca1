namespace Loxi.Ha.Sync.Engine;

/// <summary>What is so with an entry.</summary>
[Flags]
internal enum SlotFlags : byte
{
    None = 0,

    /// <summary>It is gone, and remembered.</summary>
    Tombstone = 1,

    /// <summary>The table does not have it yet.</summary>
    Parked = 2,

    /// <summary>Its owner was asked whether it is there.</summary>
    Suspect = 4,
}
