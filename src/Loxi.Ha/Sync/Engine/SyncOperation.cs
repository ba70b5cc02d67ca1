namespace Loxi.Ha.Sync.Engine;

/// <summary>What a record does to an entry.</summary>
public enum SyncOperation : byte
{
    /// <summary>Nothing; never valid.</summary>
    None = 0,

    /// <summary>The entry is there, with this value.</summary>
    Put = 1,

    /// <summary>The entry is gone.</summary>
    Delete = 2,

    /// <summary>The entry is in use: its age, nothing else. It has no version.</summary>
    Refresh = 3,
}
