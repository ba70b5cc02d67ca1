namespace Loxi.Ha.Sync.Speaker;

/// <summary>Handles a change of an entry. Quick, from any thread, waits for nobody.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The value.</typeparam>
/// <param name="change">The change, valid during the call.</param>
public delegate void SyncChangeHandler<TKey, TValue>(in SyncChange<TKey, TValue> change)
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged;
