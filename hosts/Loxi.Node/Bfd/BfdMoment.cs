using Loxi.Linux.Time;

namespace Loxi.Node.Bfd;

/// <summary>A moment by both clocks: sessions count in nanoseconds of the one that never goes back, people read the other.</summary>
/// <param name="Nanoseconds">By <see cref="MonotonicClock"/>.</param>
/// <param name="Time">By the wall clock.</param>
internal readonly record struct BfdMoment(long Nanoseconds, DateTimeOffset Time)
{
    public static BfdMoment Now(TimeProvider time) => new(MonotonicClock.Nanoseconds, time.GetUtcNow());

    /// <summary>When something was, to the microsecond.</summary>
    public DateTimeOffset At(long nanoseconds) => Time.AddTicks(-((Nanoseconds - nanoseconds) / 1_000 * TimeSpan.TicksPerMicrosecond));
}
