using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Loxi.Linux.Processes;

namespace Loxi.Linux.RootTests.Support;

/// <summary>Runs code on a thread of its own that has given a capability away; the others keep it.</summary>
internal static class Unprivileged
{
    private const uint Version3 = 0x20080522;

    public static T Run<T>(Capability without, Func<T> function)
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

    private static void Drop(Capability capability)
    {
        var header = new[] { Version3, 0u };
        var sets = new uint[6]; // effective, permitted, inheritable; once for each half of the numbers
        if (CapGet(header, sets) != 0)
        {
            throw new LinuxException("capget", Marshal.GetLastPInvokeError());
        }

        sets[(int)capability / 32 * 3] &= ~(1u << ((int)capability % 32));
        if (CapSet(header, sets) != 0)
        {
            throw new LinuxException("capset", Marshal.GetLastPInvokeError());
        }
    }

    [DllImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static extern int CapGet([In, Out] uint[] header, [In, Out] uint[] data);

    [DllImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static extern int CapSet([In] uint[] header, [In] uint[] data);
}
