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

    // int adjtimex(struct timex *buf);
    [LibraryImport(Library, EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int AdjustTime(byte* timex);

    private const int TimexSize = 208;  // struct timex, 64 bit
    private const int StatusOffset = 40;
    private const int ClockUnsynchronized = 0x40; // STA_UNSYNC
    private const int ClockError = 5; // TIME_ERROR

    // modes 0 changes nothing.
    internal static bool IsClockUnsynchronized()
    {
        var timex = stackalloc byte[TimexSize];
        new Span<byte>(timex, TimexSize).Clear();
        var state = AdjustTime(timex);
        return state >= 0
            ? state == ClockError || (*(int*)(timex + StatusOffset) & ClockUnsynchronized) != 0
            : throw new LinuxException("read the state of the clock", Marshal.GetLastPInvokeError());
    }

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
