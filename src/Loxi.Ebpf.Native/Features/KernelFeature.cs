namespace Loxi.Ebpf.Native.Features;

/// <summary>Features of the kernel that eBPF programs and this library use and that older kernels lack.</summary>
public enum KernelFeature
{
    /// <summary>BPF_PROG_TEST_RUN of TC programs (Linux 4.12).</summary>
    ProgramTestRun,

    /// <summary>Helper bpf_fib_lookup (Linux 4.18).</summary>
    FibLookup,

    /// <summary>Batch operations on hash maps (Linux 5.6).</summary>
    HashBatchOperations,

    /// <summary>bpf_map_lookup_and_delete_batch on hash maps (Linux 5.6).</summary>
    HashLookupAndDeleteBatch,

    /// <summary>Ring buffer maps (Linux 5.8).</summary>
    RingBuffer,

    /// <summary>XDP attachment by bpf_link (Linux 5.9).</summary>
    XdpLink,

    /// <summary>Inner arrays of differing capacity, BPF_F_INNER_MAP (Linux 5.10).</summary>
    InnerMapDynamicCapacity,

    /// <summary>Helper bpf_redirect_neigh (Linux 5.10).</summary>
    RedirectNeighbour,

    /// <summary>Helper bpf_ktime_get_coarse_ns (Linux 5.11).</summary>
    CoarseKtime,

    /// <summary>bpf_map_lookup_and_delete_elem on hash maps (Linux 5.14).</summary>
    HashLookupAndDelete,

    /// <summary>Programs of type syscall (Linux 5.14).</summary>
    SyscallProgram,

    /// <summary>Traffic-control attachment by bpf_link, TCX (Linux 6.6).</summary>
    TcxLink,

    /// <summary>Flag BPF_F_IPV6 of bpf_l4_csum_replace (Linux 6.16, and stable kernels that carry the fix).</summary>
    ChecksumIpv6Flag,
}
