using Loxi.Linux.Interop;

namespace Loxi.Linux.Time;

/// <summary>CLOCK_REALTIME: the clock of receive timestamps. It steps when somebody sets it; nothing may be timed by it.</summary>
public static class RealtimeClock
{
    /// <summary>Nanoseconds since 1970. One vDSO call, tens of nanoseconds.</summary>
    public static long Nanoseconds => Libc.Now(Libc.ClockRealtime);
}
