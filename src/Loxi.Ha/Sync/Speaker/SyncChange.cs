using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>A change of an entry of a table.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The value.</typeparam>
/// <param name="Kind">What happened.</param>
/// <param name="Key">Which entry.</param>
/// <param name="Value">Its value after it; of one that is gone nothing is made of it.</param>
/// <param name="Version">Its version; of one that is gone the version that it had, or a newer one.</param>
/// <param name="Age">Time since it was in use.</param>
public readonly record struct SyncChange<TKey, TValue>(SyncChangeKind Kind, TKey Key, TValue Value, ConnectionVersion Version, TimeSpan Age)
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged;
