using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Links;
using Loxi.Linux.Netlink;

namespace Loxi.Nat.RootTests.Support;

/// <summary>
/// Runs a test on a thread of its own that has private network and mount namespaces. The kernel removes both, with
/// every interface, pin and mount in them, when the thread or the process ends, however it ends.
/// </summary>
internal static partial class Sandbox
{
    private const int NewMounts = 0x00020000;
    private const int NewNetwork = 0x40000000;
    private const int CpuWords = 16;
    private const ulong RecursivePrivate = (1 << 18) | (1 << 14);

    public static void Run(Action test)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Check(Unshare(NewNetwork | NewMounts), "unshare");
                Check(Mount("none", "/", null, RecursivePrivate, 0), "make mounts private");
                Check(Mount("bpf", "/sys/fs/bpf", "bpf", 0, 0), "mount bpffs");
                test();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>Whether an interface of the namespace carries a program.</summary>
    public static bool HasAttachedPrograms()
    {
        using var netlink = new RtnetlinkClient();
        return netlink.GetLinks().Any(link => InterfacePrograms.Query(link.Index).Count > 0);
    }

    public static int IndexOf(string name) => (int)IfNameToIndex(name);

    /// <summary>For what each CPU has of its own: the rest of the test runs on the first of the CPUs that it may use.</summary>
    public static unsafe void StayOnOneCpu()
    {
        var mask = stackalloc ulong[CpuWords];
        if (GetAffinity(0, CpuWords * sizeof(ulong), mask) < 0)
        {
            Check(-1, "sched_getaffinity");
        }

        var word = 0;
        while (mask[word] == 0)
        {
            word++;
        }

        var first = mask[word] & (~mask[word] + 1);
        new Span<ulong>(mask, CpuWords).Clear();
        mask[word] = first;
        Check(SetAffinity(0, CpuWords * sizeof(ulong), mask), "sched_setaffinity");
    }

    private static void Check(int result, string what)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    // int sched_getaffinity(pid_t pid, size_t cpusetsize, cpu_set_t *mask);
    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static unsafe partial int GetAffinity(int pid, nint size, ulong* mask);

    // int sched_setaffinity(pid_t pid, size_t cpusetsize, const cpu_set_t *mask);
    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static unsafe partial int SetAffinity(int pid, nint size, ulong* mask);

    // int unshare(int flags);
    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    // int mount(const char *source, const char *target, const char *filesystemtype, unsigned long mountflags, const void *data);
    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string? type, ulong flags, nint data);

    // unsigned int if_nametoindex(const char *ifname);
    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint IfNameToIndex(string name);
}
