using System.Globalization;
using Loxi.Linux.Interop;

namespace Loxi.Linux.Processes;

/// <summary>Scheduling class of the calling thread, and the weight of all threads of the process.</summary>
public static unsafe class Scheduling
{
    private const int Other = 0;
    private const int Fifo = 1;
    private const int ResetOnFork = 0x40000000;
    private const int OneThread = 0;
    private const int LeastNice = -20;
    private const int MostNice = 19;

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

    /// <summary>
    /// Sets the nice value of every thread that the process has; those that they start later have it too, but not those that a real-time thread starts (<see cref="SetFifo"/>). In the ordinary class it is the share of a busy processor: 9 times that of 0 at -10. A real-time
    /// thread of a managed process is stopped while garbage is collected, by threads of the ordinary class: this is for them. With <c>kernel.sched_autogroup_enabled</c>, or in control groups, it
    /// counts among the threads of the session, or group.
    /// </summary>
    /// <param name="nice">-20 (the greatest share) to 19.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    /// <exception cref="LinuxException">It is less than before, and CAP_SYS_NICE is missing and RLIMIT_NICE does not allow it; some threads may have it.</exception>
    public static void SetNice(int nice)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nice, LeastNice);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nice, MostNice);
        // A thread that is started meanwhile may have the value of before: until a reading finds no new one.
        var known = new HashSet<uint>();
        for (var found = true; found;)
        {
            found = false;
            foreach (var directory in Directory.EnumerateDirectories("/proc/self/task"))
            {
                var thread = uint.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture);
                if (!known.Add(thread))
                {
                    continue;
                }

                found = true;
                if (Libc.SetPriority(OneThread, thread, nice) != 0 && Libc.LastError != Errno.ESRCH)
                {
                    throw Libc.Failure($"set the nice value {nice.ToString(CultureInfo.InvariantCulture)}", null, "CAP_SYS_NICE or RLIMIT_NICE is needed");
                }
            }
        }
    }

    private static void Set(int policy, int priority, string operation, string? hint)
    {
        if (Libc.SetScheduler(0, policy, &priority) != 0)
        {
            throw Libc.Failure(operation, null, hint);
        }
    }
}
