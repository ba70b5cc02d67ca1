namespace Loxi.Ha.Sync.Engine;

/// <summary>Writes the records of one stream. May keep a dictionary of what repeats.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The value.</typeparam>
public interface ISyncRecordWriter<TKey, TValue>
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    /// <summary>Begins a frame: where the dictionary is full, it begins anew with another epoch.</summary>
    /// <returns>The epoch of the frame, 0 at first, then 1 more, after 65,535 again 0.</returns>
    ushort BeginFrame();

    /// <summary>Writes a record and the definitions that it needs; all or nothing.</summary>
    /// <param name="record">The record.</param>
    /// <param name="bytes">Room in the frame.</param>
    /// <param name="written">Octets written.</param>
    /// <returns>False when it must go into another frame. Into an empty one with 256 octets every record must go.</returns>
    bool TryWrite(in SyncRecord<TKey, TValue> record, Span<byte> bytes, out int written);
}
