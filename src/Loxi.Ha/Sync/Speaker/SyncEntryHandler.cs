using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>Takes an entry that a table has.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The value.</typeparam>
/// <param name="key">Which entry.</param>
/// <param name="value">Its value.</param>
/// <param name="version">Its version.</param>
/// <param name="age">Time since it was in use.</param>
public delegate void SyncEntryHandler<TKey, TValue>(in TKey key, in TValue value, ConnectionVersion version, TimeSpan age)
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged;
