namespace Loxi.Ha.Sync.Engine;

/// <summary>What the engine must know of the entries that it keeps alike: how they are hashed, how long they last, and how they look on the wire.</summary>
/// <typeparam name="TKey">The key: a value without references, with a <see cref="object.GetHashCode"/> that others cannot predict where they choose keys.</typeparam>
/// <typeparam name="TValue">The value: without references.</typeparam>
public interface ISyncSchema<TKey, TValue>
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    /// <summary>Kinds of entries at most.</summary>
    const int MostKinds = 4;

    /// <summary>Number of the schema and its version. A peer with another one is refused.</summary>
    ulong Id { get; }

    /// <summary>
    /// Kinds of entries that there are, a bit for each. Kind 0 every node knows that has the schema; of another one a peer is told only when it says that it knows it, so that a build can have more kinds than an earlier one.
    /// </summary>
    /// <value>Bit 0, and bits up to <see cref="MostKinds"/> - 1. Default: 1, kind 0 alone.</value>
    uint Kinds => 1;

    /// <summary>The kind of an entry.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The number of a bit of <see cref="Kinds"/>.</returns>
    int KindOf(in TKey key) => 0;

    /// <summary>A hash of a key, the same on every node and in every run. Bits 20 to 31 are the number of its bucket.</summary>
    /// <param name="key">The key.</param>
    /// <returns>64 bits.</returns>
    ulong HashOf(in TKey key);

    /// <summary>After which time without use an entry is taken away; a quarter of it is the distance of refreshes.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>The time; <see cref="TimeSpan.MaxValue"/> for never.</returns>
    TimeSpan TimeoutOf(in TKey key, in TValue value);

    /// <summary>What writes the records of one stream, with its dictionary empty.</summary>
    /// <returns>A new writer.</returns>
    ISyncRecordWriter<TKey, TValue> CreateWriter();

    /// <summary>What reads the records of one stream, with its dictionary empty.</summary>
    /// <returns>A new reader.</returns>
    ISyncRecordReader<TKey, TValue> CreateReader();
}
