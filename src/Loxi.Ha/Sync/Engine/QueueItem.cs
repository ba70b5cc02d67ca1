namespace Loxi.Ha.Sync.Engine;

/// <summary>A slot, or a bucket, that waits for a peer or for its acknowledgement.</summary>
/// <param name="Number">Slot or bucket.</param>
/// <param name="Order">Its place among all that ever waited for the peer.</param>
/// <param name="At">Since when, in ticks of the caller's clock.</param>
/// <param name="Sequence">The frame that carried it.</param>
internal readonly record struct QueueItem(int Number, ulong Order, long At, ulong Sequence);
