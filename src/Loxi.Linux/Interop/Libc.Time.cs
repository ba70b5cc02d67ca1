using System.Runtime.InteropServices;

namespace Loxi.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int ClockRealtime = 0;
    internal const int ClockMonotonic = 1;
    internal const int ClockMonotonicCoarse = 6;

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        internal nint Seconds;
        internal nint Nanoseconds;
    }

    // int clock_gettime(clockid_t clockid, struct timespec *tp);
    [LibraryImport(Library, EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static partial int ClockGetTime(int clock, TimeSpec* time);

    // int clock_getres(clockid_t clockid, struct timespec *res);
    [LibraryImport(Library, EntryPoint = "clock_getres")]
    private static partial int ClockGetResolution(int clock, TimeSpec* time);

    // Both calls fail only for an unknown clock or a bad pointer; these clocks exist since Linux 2.6.32.
    internal static long Now(int clock)
    {
        TimeSpec time;
        _ = ClockGetTime(clock, &time);
        return (time.Seconds * 1_000_000_000L) + time.Nanoseconds;
    }

    internal static long Resolution(int clock)
    {
        TimeSpec time;
        _ = ClockGetResolution(clock, &time);
        return (time.Seconds * 1_000_000_000L) + time.Nanoseconds;
    }
}
