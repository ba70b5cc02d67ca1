namespace Loxi.Linux.Time;

/// <summary>Both clocks at one moment.</summary>
/// <param name="Monotonic">Nanoseconds of <see cref="MonotonicClock"/>.</param>
/// <param name="Realtime">Nanoseconds of <see cref="RealtimeClock"/>.</param>
public readonly record struct ClockReading(long Monotonic, long Realtime)
{
    private const long Close = 2_000;

    /// <summary>Reads both together: again, at most twice, when the thread was interrupted between the two.</summary>
    /// <returns>The reading.</returns>
    public static ClockReading Now()
    {
        var best = default(ClockReading);
        var bestGap = long.MaxValue;
        for (var attempt = 0; attempt < 3 && bestGap > Close; attempt++)
        {
            var before = MonotonicClock.Nanoseconds;
            var realtime = RealtimeClock.Nanoseconds;
            var after = MonotonicClock.Nanoseconds;
            if (after - before < bestGap)
            {
                bestGap = after - before;
                best = new(before + (bestGap / 2), realtime);
            }
        }

        return best;
    }
}
