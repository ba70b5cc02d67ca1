using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.RootTests;

/// <summary>
/// Runs a test on a thread of its own that has private network and mount namespaces. The kernel removes both, with
/// every interface, qdisc, link and mount in them, when the thread or the process ends, however it ends.
/// </summary>
internal static partial class Sandbox
{
    private const int NewMounts = 0x00020000;
    private const int NewNetwork = 0x40000000;
    private const ulong RecursivePrivate = (1 << 18) | (1 << 14);

    public static void Run(Action test)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Check(Unshare(NewNetwork | NewMounts), "unshare");
                Check(Mount("none", "/", null, RecursivePrivate, 0), "make mounts private");
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

    /// <summary>Runs a test with a veth pair that is up in both ends: v0 (returned index) and v1.</summary>
    public static void RunWithVeth(Action<int, int> test) => Run(() =>
    {
        Execute("ip", "link add v0 type veth peer name v1");
        Execute("ip", "link set v0 up");
        Execute("ip", "link set v1 up");
        test(IndexOf("v0"), IndexOf("v1"));
    });

    public static int IndexOf(string name) => (int)IfNameToIndex(name);

    /// <summary>Runs a command in the namespaces of the calling thread, which a child inherits from the thread that forks.</summary>
    public static string Execute(string command, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command} {arguments}: exit code {process.ExitCode}: {error}");
    }

    /// <summary>Counts the descriptors that name no file, pipe or socket: BPF objects, BTF, links, epoll.</summary>
    /// <remarks>The runtime opens and closes files of its own at any time, and finalizers close what earlier tests left.</remarks>
    public static int OpenDescriptors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Directory.GetFiles("/proc/self/fd").Count(path => new FileInfo(path).LinkTarget?.StartsWith("anon_inode:", StringComparison.Ordinal) == true);
    }

    private static void Check(int result, string what)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

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
