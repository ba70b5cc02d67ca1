using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Loxi.Benchmarks.Interop;

internal static partial class Libc
{
    private const int ClockThreadCpuTime = 3;

    // int sched_setaffinity(pid_t pid, size_t cpusetsize, const cpu_set_t *mask)
    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static unsafe partial int SetAffinity(int pid, nint size, ulong* mask);

    // int setpriority(int which, id_t who, int prio)
    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int priority);

    // int clock_gettime(clockid_t clockid, struct timespec *tp)
    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static unsafe partial int GetTime(int clock, long* time);

    // unsigned int if_nametoindex(const char *ifname)
    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint IndexOf(string name);

    // int socket(int domain, int type, int protocol)
    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int domain, int type, int protocol);

    /// <summary>A netlink socket of netfilter, in the network namespace of the calling thread.</summary>
    internal static Socket NetfilterSocket()
    {
        const int netlink = 16, raw = 3, closeOnExec = 0x80000, netfilter = 12;
        var descriptor = OpenSocket(netlink, raw | closeOnExec, netfilter);
        Check(Math.Min(descriptor, 0), "socket(AF_NETLINK, NETLINK_NETFILTER)");
        return new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Index of an interface of the calling thread's network namespace.</summary>
    internal static int InterfaceIndex(string name)
    {
        var index = IndexOf(name);
        Check(index == 0 ? -1 : 0, $"if_nametoindex {name}");
        return (int)index;
    }

    /// <summary>Keeps the calling thread on one CPU, at the highest ordinary priority.</summary>
    internal static unsafe void Pin(int cpu)
    {
        const int words = 16;
        var mask = stackalloc ulong[words];
        new Span<ulong>(mask, words).Clear();
        mask[cpu / 64] = 1UL << (cpu % 64);
        Check(SetAffinity(0, words * sizeof(ulong), mask), $"sched_setaffinity to CPU {cpu}");
        Prefer();
    }

    /// <summary>Gives the calling thread the highest ordinary priority.</summary>
    internal static void Prefer() => Check(SetPriority(0, 0, -20), "setpriority");

    /// <summary>CPU time of the calling thread in ns. Not the clock on the wall: others run on this machine too.</summary>
    internal static unsafe long ThreadCpuNanoseconds()
    {
        var time = stackalloc long[2];
        Check(GetTime(ClockThreadCpuTime, time), "clock_gettime");
        return (time[0] * 1_000_000_000) + time[1];
    }

    private static void Check(int result, string operation)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), operation);
        }
    }
}
