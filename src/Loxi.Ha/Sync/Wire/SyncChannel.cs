namespace Loxi.Ha.Sync.Wire;

/// <summary>Which of the two streams between two nodes.</summary>
public enum SyncChannel : byte
{
    /// <summary>Changes as they come, refreshes, digests, requests.</summary>
    Live = 0,

    /// <summary>Whole buckets: a node that joins, and what was lost.</summary>
    Bulk = 1,
}
