using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>The CPUs that the kernel may ever bring up: per-CPU maps have a value for each.</summary>
public static class PossibleCpus
{
    private static readonly Lazy<int> Known = new(Read);

    /// <summary>Number of possible CPUs (<c>/sys/devices/system/cpu/possible</c>).</summary>
    /// <exception cref="EbpfException">The kernel does not say.</exception>
    public static int Count => Known.Value;

    private static int Read()
    {
        Libbpf.Require();
        int count = Libbpf.PossibleCpus();
        return count > 0 ? count : throw new EbpfException("count the possible CPUs", -count);
    }
}
