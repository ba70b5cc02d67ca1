namespace Loxi.Nat.Tables;

/// <summary>Places of tables that were given up and that a packet in flight may still read. Not thread-safe.</summary>
internal sealed class Quarantine(TimeProvider time)
{
    /// <summary>A packet is done with what it has found within microseconds; its virtual processor may be taken away for some milliseconds.</summary>
    public static readonly TimeSpan LeastAge = TimeSpan.FromMilliseconds(100);

    private readonly Queue<Given> _given = new();
    private long _last;

    /// <summary>Time after which all that is here now will be free; null when there is nothing.</summary>
    public TimeSpan? UntilFree => _given.Count == 0 ? null : TimeSpan.FromTicks(Math.Max(0, (LeastAge - time.GetElapsedTime(_last)).Ticks));

    public void Add(RangeAllocator places, uint start, uint length)
    {
        if (length > 0)
        {
            _last = time.GetTimestamp();
            _given.Enqueue(new Given(_last, places, start, length));
        }
    }

    /// <summary>Frees what no packet reads any more.</summary>
    public void Free()
    {
        if (_given.Count == 0)
        {
            return;
        }

        var now = time.GetTimestamp();
        while (_given.TryPeek(out var first) && time.GetElapsedTime(first.At, now) >= LeastAge)
        {
            _given.Dequeue();
            first.Places.Free(first.Start, first.Length);
        }
    }

    private readonly record struct Given(long At, RangeAllocator Places, uint Start, uint Length);
}
