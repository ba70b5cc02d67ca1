using System.Collections.Concurrent;

namespace Loxi.Ebpf.Native.Features;

/// <summary>
/// Finds out what the running kernel can do by trying it, because version numbers lie on distribution kernels. Results are
/// remembered for the process. Probes leave nothing behind. Thread-safe.
/// </summary>
public static class KernelFeatures
{
    private static readonly ConcurrentDictionary<KernelFeature, bool> Results = new();

    /// <summary>Probes every feature.</summary>
    /// <exception cref="EbpfException">Privileges or libbpf are missing, so that nothing can be said.</exception>
    public static IReadOnlyList<KernelFeatureStatus> Probe()
        => [.. Enum.GetValues<KernelFeature>().Select(static f => new KernelFeatureStatus(f, Describe(f), MinimumKernel(f), IsSupported(f)))];

    /// <summary>Whether the running kernel has a feature.</summary>
    /// <param name="feature">The feature.</param>
    /// <exception cref="EbpfException">Privileges or libbpf are missing, so that nothing can be said.</exception>
    public static bool IsSupported(KernelFeature feature)
    {
        _ = MinimumKernel(feature);
        return Results.GetOrAdd(feature, static f => FeatureProbes.Try(f));
    }

    /// <summary>Throws when the running kernel lacks a feature.</summary>
    /// <param name="feature">The feature.</param>
    /// <exception cref="UnsupportedKernelFeatureException">The kernel lacks it.</exception>
    /// <exception cref="EbpfException">Privileges or libbpf are missing, so that nothing can be said.</exception>
    public static void Require(KernelFeature feature)
    {
        if (!IsSupported(feature))
        {
            throw new UnsupportedKernelFeatureException(feature);
        }
    }

    /// <summary>First mainline kernel that has a feature.</summary>
    /// <param name="feature">The feature.</param>
    public static Version MinimumKernel(KernelFeature feature) => Facts(feature).Minimum;

    /// <summary>Name of a feature for people.</summary>
    /// <param name="feature">The feature.</param>
    public static string Describe(KernelFeature feature) => Facts(feature).Name;

    private static (string Name, Version Minimum) Facts(KernelFeature feature) => feature switch
    {
        KernelFeature.ProgramTestRun => ("test runs of programs (BPF_PROG_TEST_RUN)", new Version(4, 12)),
        KernelFeature.FibLookup => ("route lookup in programs (bpf_fib_lookup)", new Version(4, 18)),
        KernelFeature.HashBatchOperations => ("batch operations on hash maps", new Version(5, 6)),
        KernelFeature.HashLookupAndDeleteBatch => ("batch lookup-and-delete on hash maps", new Version(5, 6)),
        KernelFeature.RingBuffer => ("ring buffers", new Version(5, 8)),
        KernelFeature.XdpLink => ("XDP links", new Version(5, 9)),
        KernelFeature.InnerMapDynamicCapacity => ("inner arrays of differing capacity (BPF_F_INNER_MAP)", new Version(5, 10)),
        KernelFeature.RedirectNeighbour => ("redirection with neighbour lookup (bpf_redirect_neigh)", new Version(5, 10)),
        KernelFeature.CoarseKtime => ("the coarse clock (bpf_ktime_get_coarse_ns)", new Version(5, 11)),
        KernelFeature.HashLookupAndDelete => ("lookup-and-delete on hash maps", new Version(5, 14)),
        KernelFeature.SyscallProgram => ("syscall programs", new Version(5, 14)),
        KernelFeature.TcxLink => ("TCX links", new Version(6, 6)),
        KernelFeature.ChecksumIpv6Flag => ("IPv6 checksum updates of CHECKSUM_COMPLETE packets (BPF_F_IPV6)", new Version(6, 16)),
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "expected a member of KernelFeature"),
    };
}
