namespace Loxi.Ha.Sync.Engine;

/// <summary>An entry of the slab. Times are ticks of the caller's clock.</summary>
internal struct Slot<TKey, TValue>
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    public TKey Key;
    public TValue Value;

    /// <summary>Hash of the key that is the same on every node.</summary>
    public ulong Hash;
    public ulong Version;

    /// <summary>When it was last in use; of what is gone since when.</summary>
    public long Seen;

    /// <summary>When the peers last heard that it is in use.</summary>
    public long Refreshed;

    /// <summary>A bit for each peer for which it waits.</summary>
    public ulong Pending;

    /// <summary>Next with the same place in the index; of a free one the next free one.</summary>
    public int Next;
    public int BucketNext;
    public int BucketPrevious;

    /// <summary>Neighbours in the list of what is gone, or of what is parked.</summary>
    public int ListNext;
    public int ListPrevious;

    /// <summary>Queues that name it. It is not given to another key before they do not.</summary>
    public int References;

    /// <summary>The reading of the table in which it was seen or changed.</summary>
    public int Round;

    /// <summary>The node that says that it is in use.</summary>
    public byte Keeper;
    public SlotFlags Flags;

    /// <summary><see cref="ISyncSchema{TKey, TValue}.KindOf"/>.</summary>
    public byte Kind;

    public readonly byte Owner => (byte)(Version >> 32);

    public readonly bool IsLive => (Flags & SlotFlags.Tombstone) == 0;

    public readonly int Bucket => (int)((uint)Hash >> 20);
}
