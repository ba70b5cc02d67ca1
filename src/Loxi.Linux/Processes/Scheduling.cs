using Loxi.Linux.Interop;

namespace Loxi.Linux.Processes;

/// <summary>Scheduling class of the calling thread.</summary>
public static unsafe class Scheduling
{
    private const int Other = 0;
    private const int Fifo = 1;
    private const int ResetOnFork = 0x40000000;

    /// <summary>
    /// Moves the calling thread to the real-time class SCHED_FIFO: it runs before all ordinary threads until it waits. For a thread of its own
    /// that waits often, never for a pool thread. Threads that it starts are ordinary again.
    /// </summary>
    /// <param name="priority">1 (lowest) to 99.</param>
    /// <exception cref="ArgumentOutOfRangeException">The priority is out of range.</exception>
    /// <exception cref="LinuxException">CAP_SYS_NICE is missing, or the control group gives no real-time share.</exception>
    public static void SetFifo(int priority)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(priority, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, 99);
        Set(Fifo | ResetOnFork, priority, "set real-time scheduling SCHED_FIFO", "CAP_SYS_NICE or RLIMIT_RTPRIO is needed, and a real-time share of the control group");
    }

    /// <summary>Moves the calling thread back to the ordinary class SCHED_OTHER.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static void SetNormal() => Set(Other, 0, "set scheduling SCHED_OTHER", null);

    private static void Set(int policy, int priority, string operation, string? hint)
    {
        if (Libc.SetScheduler(0, policy, &priority) != 0)
        {
            throw Libc.Failure(operation, null, hint);
        }
    }
}
