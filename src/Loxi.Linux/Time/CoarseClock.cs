using Loxi.Linux.Interop;

namespace Loxi.Linux.Time;

/// <summary>
/// CLOCK_MONOTONIC_COARSE: the clock of <c>bpf_ktime_get_coarse_ns()</c> (since Linux 5.11). Cheaper than
/// <see cref="MonotonicClock"/> and behind it by up to <see cref="ResolutionNanoseconds"/>.
/// </summary>
public static class CoarseClock
{
    /// <summary>Nanoseconds since boot as of the last timer tick.</summary>
    public static long Nanoseconds => Libc.Now(Libc.ClockMonotonicCoarse);

    /// <summary>Length of a tick in nanoseconds: 1,000,000 to 10,000,000 depending on the kernel's HZ.</summary>
    public static long ResolutionNanoseconds { get; } = Libc.Resolution(Libc.ClockMonotonicCoarse);
}
