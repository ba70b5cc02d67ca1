using Loxi.Linux.Interop;

namespace Loxi.Linux.Time;

/// <summary>CLOCK_MONOTONIC: the clock of <c>bpf_ktime_get_ns()</c>, so that times of eBPF programs and of this process compare.</summary>
public static class MonotonicClock
{
    /// <summary>Nanoseconds since boot, without the time spent suspended. One vDSO call, tens of nanoseconds.</summary>
    public static long Nanoseconds => Libc.Now(Libc.ClockMonotonic);
}
