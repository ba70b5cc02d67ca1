using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Loxi.Linux;
using Loxi.Linux.Processes;

namespace Loxi.Tests.Shared;

/// <summary>Runs code on a thread of its own that has given capabilities away, and so have threads that it starts; the others keep them.</summary>
internal static class Unprivileged
{
    private const uint Version3 = 0x20080522;

    public static T Run<T>(Func<T> function, params Capability[] without)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Drop(without);
                result = function();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static void Drop(Capability[] capabilities)
    {
        var header = new[] { Version3, 0u };
        var sets = new uint[6]; // effective, permitted, inheritable; once for each half of the numbers
        if (CapGet(header, sets) != 0)
        {
            throw new LinuxException("read capabilities", Marshal.GetLastPInvokeError());
        }

        foreach (var capability in capabilities)
        {
            sets[(int)capability / 32 * 3] &= ~(1u << ((int)capability % 32));
        }

        if (CapSet(header, sets) != 0)
        {
            throw new LinuxException("give capabilities away", Marshal.GetLastPInvokeError());
        }
    }

    [DllImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static extern int CapGet([In, Out] uint[] header, [In, Out] uint[] data);

    [DllImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static extern int CapSet([In] uint[] header, [In] uint[] data);
}
