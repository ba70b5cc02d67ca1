using Loxi.Linux.Interop;

namespace Loxi.Linux.Time;

/// <summary>Whether somebody keeps CLOCK_REALTIME right, as the kernel was told (adjtimex(2)).</summary>
public static class ClockSynchronization
{
    /// <summary>Reads it. A time service such as chrony or systemd-timesyncd sets it; needs no privilege.</summary>
    /// <returns>False when the clock is not synchronised (STA_UNSYNC, TIME_ERROR).</returns>
    /// <exception cref="LinuxException">The kernel refused to tell.</exception>
    public static bool IsSynchronized() => !Libc.IsClockUnsynchronized();
}
