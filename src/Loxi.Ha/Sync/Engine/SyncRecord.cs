using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Engine;

/// <summary>What one node tells another about an entry, or the engine its table.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The value.</typeparam>
/// <param name="Operation">What it does.</param>
/// <param name="Key">Which entry.</param>
/// <param name="Value">Its value; to a table always the one that the engine knows, from another node only with <see cref="SyncOperation.Put"/>.</param>
/// <param name="Version">The newer of two records has the greater one; a deletion also wins with the same. 0 with <see cref="SyncOperation.Refresh"/> from another node.</param>
/// <param name="Age">Time since the entry was in use, not a time of day.</param>
public readonly record struct SyncRecord<TKey, TValue>(SyncOperation Operation, TKey Key, TValue Value, ConnectionVersion Version, TimeSpan Age)
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged;
