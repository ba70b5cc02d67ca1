using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Bfd.Transport;

/// <summary>Reads one queue after the other in batches, one datagram at a time.</summary>
internal sealed class QueueReader(int capacity, int payloadSize)
{
    // Four times what the largest buffer holds of half a second of 500 sessions at 3 ms: a flood must not keep the thread from sending.
    private const int MostBatches = 8192;

    private readonly DatagramReceiveBatch _batch = new(capacity, payloadSize);
    private ReceiveQueue? _queue;
    private long _now;
    private int _next;
    private int _batches;

    /// <summary>Whether more may wait beyond the batch.</summary>
    public bool MayHaveMore { get; private set; }

    /// <summary>Whether the batch is used up.</summary>
    public bool IsAtEnd => _next == _batch.Count;

    /// <summary>The kernel's stamp of the next datagram, nanoseconds of wall-clock time.</summary>
    public long NextStamp => _batch[_next].TimestampNanoseconds;

    /// <summary>Begins with a queue, and reads the first batch.</summary>
    /// <returns>Whether the kernel has lost datagrams of this queue since the last time.</returns>
    public bool Start(ReceiveQueue queue, in ClockReading now)
    {
        queue.Begin(now);
        (_queue, _now, _batches) = (queue, now.Realtime, 0);
        return Fill();
    }

    /// <summary>Reads the next batch, of the queue that was begun with.</summary>
    /// <returns>As <see cref="Start"/>.</returns>
    public bool Fill()
    {
        var queue = _queue!;
        var count = queue.Socket.Receive(_batch);
        _next = 0;
        queue.IsEmpty = count < capacity;
        // What has come since the clocks were read can wait for the next time.
        MayHaveMore = count == capacity && ++_batches < MostBatches && _batch[count - 1].TimestampNanoseconds <= _now;
        return queue.TakeDropped(_batch.Dropped);
    }

    /// <summary>Takes the next datagram; its bytes hold until the next <see cref="Fill"/>.</summary>
    public ref readonly DatagramInfo Take(out ReadOnlySpan<byte> payload, out long arrival)
    {
        ref readonly var info = ref _batch[_next];
        payload = _batch.Payload(_next);
        arrival = _queue!.Times.ToMonotonic(info.TimestampNanoseconds);
        _next++;
        return ref info;
    }
}
