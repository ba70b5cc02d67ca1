using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Engine;

/// <summary>Reads the records of one stream. What it reads is hostile: no exception, no allocation for each record.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The value.</typeparam>
public interface ISyncRecordReader<TKey, TValue>
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    /// <summary>Begins a frame.</summary>
    /// <param name="epoch">Its epoch.</param>
    /// <returns>False when it is neither that of the frame before nor the next one.</returns>
    bool TryBeginFrame(ushort epoch);

    /// <summary>Reads the next record.</summary>
    /// <param name="rest">What is left of the frame; begins behind the record afterwards.</param>
    /// <param name="record">The record; its operation is <see cref="SyncOperation.None"/> when there is none any more.</param>
    /// <returns><see cref="SyncRecordProblem.Impossible"/> concerns this record alone; any other problem the whole stream.</returns>
    SyncRecordProblem Read(ref ReadOnlySpan<byte> rest, out SyncRecord<TKey, TValue> record);
}
