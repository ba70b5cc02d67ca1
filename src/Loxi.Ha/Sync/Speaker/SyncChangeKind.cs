namespace Loxi.Ha.Sync.Speaker;

/// <summary>What happened to an entry of a table.</summary>
public enum SyncChangeKind : byte
{
    /// <summary>Nothing; never told.</summary>
    None = 0,

    /// <summary>It came, or changed.</summary>
    Put = 1,

    /// <summary>It was removed: closed, taken away, replaced.</summary>
    Delete = 2,

    /// <summary>It was removed because it was not in use for its time.</summary>
    Expire = 3,
}
