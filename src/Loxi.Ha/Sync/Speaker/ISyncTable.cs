using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>
/// A table that a <see cref="SyncSpeaker{TKey, TValue}"/> keeps like those of other nodes. Each entry has a version that grows with each change of it, made under the number of the node that makes it (<see cref="ConnectionVersion"/>).
/// All but <see cref="Changed"/> is called by one thread of the speaker, which waits for it: all sync does.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The value.</typeparam>
public interface ISyncTable<TKey, TValue>
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    /// <summary>Told for each entry that came, changed or went, from any thread. What <see cref="Apply"/> puts or deletes is not told; an entry that gives way to it is. Order by version, not by arrival.</summary>
    event SyncChangeHandler<TKey, TValue>? Changed;

    /// <summary>Takes the buckets (<see cref="ISyncSchema{TKey, TValue}.HashOf"/>) of which changes were lost since the last call. A table that tells all has none.</summary>
    /// <param name="buckets">The buckets are added to it.</param>
    /// <returns>How many.</returns>
    int TakeDirty(ConnectionBuckets buckets);

    /// <summary>Reads all entries of some buckets, while others may change the table. An entry that stays meanwhile is read once; one that comes or goes may be or not.</summary>
    /// <param name="buckets">The buckets.</param>
    /// <param name="entry">Called for each entry.</param>
    void Read(ConnectionBuckets buckets, SyncEntryHandler<TKey, TValue> entry);

    /// <summary>
    /// Takes over what others say. A record to put wins against an entry with a lower version, one to delete also against the same; a refresh, which comes with the version that the table should have, sets the age where that is less than the entry's.
    /// </summary>
    /// <param name="records">The records, in their order.</param>
    /// <param name="outcomes">Receives what became of each; as long as <paramref name="records"/>.</param>
    void Apply(ReadOnlySpan<SyncRecord<TKey, TValue>> records, Span<SyncOutcome> outcomes);
}
