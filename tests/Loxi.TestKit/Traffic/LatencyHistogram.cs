using System.Numerics;

namespace Loxi.TestKit.Traffic;

/// <summary>Counts of latencies in buckets at most 1/32 wide of their value, from 1 us to about an hour.</summary>
public sealed class LatencyHistogram
{
    private const int Bits = 5;
    private readonly long[] _buckets = new long[32 * 28];

    public long Count { get; private set; }

    public TimeSpan Max { get; private set; }

    public void Add(TimeSpan latency)
    {
        var microseconds = (uint)Math.Clamp(latency.TotalMicroseconds, 0, uint.MaxValue);
        _buckets[Index(microseconds)]++;
        Count++;
        Max = latency > Max ? latency : Max;
    }

    /// <summary>Upper end of the bucket below which the given share of the latencies lies, zero when there is none.</summary>
    /// <param name="quantile">0 to 1.</param>
    public TimeSpan Quantile(double quantile)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(quantile * Count));
        long seen = 0;
        for (var i = 0; i < _buckets.Length && Count > 0; i++)
        {
            seen += _buckets[i];
            if (seen >= wanted)
            {
                var end = TimeSpan.FromMicroseconds(UpperEnd(i));
                return end < Max ? end : Max;
            }
        }

        return TimeSpan.Zero;
    }

    private static int Index(uint value)
    {
        // Below 32 each value has its bucket; above, each power of two has 32.
        var shift = Math.Max(0, 31 - Bits - BitOperations.LeadingZeroCount(value));
        return (shift << Bits) + (int)(value >> shift);
    }

    private static double UpperEnd(int index)
    {
        var shift = Math.Max(0, (index >> Bits) - 1);
        return ((double)(index - (shift << Bits)) + 1) * (1L << shift);
    }
}
