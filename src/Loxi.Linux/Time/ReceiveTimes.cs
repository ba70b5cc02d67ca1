namespace Loxi.Linux.Time;

/// <summary>
/// Turns the wall-clock stamps of received datagrams (SO_TIMESTAMPNS) into monotonic times of arrival, so that setting the clock does no harm.
/// Pure: it reads no clock.
/// </summary>
/// <remarks>
/// Whoever drains a socket reads both clocks at each drain. A datagram came between the previous drain and now, and its age is now - stamp. When the
/// clock was set in between, the stamp is from before the step and fits the reading of the previous drain, or from after it and fits that of now.
/// One that fits both is taken for the later time, so that nobody looks more silent than he was; one that fits neither for the nearer end.
/// </remarks>
/// <param name="Previous">Both clocks at the previous drain.</param>
/// <param name="Current">Both clocks now.</param>
public readonly record struct ReceiveTimes(ClockReading Previous, ClockReading Current)
{
    /// <summary>Starts with the first drain, before which nothing can have come: the socket was opened then.</summary>
    /// <param name="opened">Both clocks when the socket was opened.</param>
    /// <returns>Times to go on from.</returns>
    public static ReceiveTimes From(ClockReading opened) => new(opened, opened);

    /// <summary>Goes on to the next drain.</summary>
    /// <param name="now">Both clocks now.</param>
    /// <returns>The times of this drain.</returns>
    public ReceiveTimes Next(ClockReading now) => new(Current, now);

    /// <summary>When a datagram came.</summary>
    /// <param name="timestampNanoseconds">Its stamp, nanoseconds since 1970; 0 when it has none.</param>
    /// <returns>Nanoseconds of <see cref="MonotonicClock"/>, between the previous drain and now; now for one without a stamp.</returns>
    public long ToMonotonic(long timestampNanoseconds)
    {
        if (timestampNanoseconds == 0)
        {
            return Current.Monotonic;
        }

        // Saturating: a stamp is whatever somebody set the clock to.
        var byNow = Add(Current.Monotonic, Subtract(timestampNanoseconds, Current.Realtime));
        var byPrevious = Add(Previous.Monotonic, Subtract(timestampNanoseconds, Previous.Realtime));
        return (IsInside(byNow), IsInside(byPrevious)) switch
        {
            (true, true) => Math.Max(byNow, byPrevious),
            (true, false) => byNow,
            (false, true) => byPrevious,
            _ => Math.Clamp(byNow, Math.Min(Previous.Monotonic, Current.Monotonic), Current.Monotonic),
        };
    }

    private bool IsInside(long monotonic) => monotonic >= Previous.Monotonic && monotonic <= Current.Monotonic;

    private static long Add(long a, long b) => (long)Int128.Clamp((Int128)a + b, long.MinValue, long.MaxValue);

    private static long Subtract(long a, long b) => (long)Int128.Clamp((Int128)a - b, long.MinValue, long.MaxValue);
}
