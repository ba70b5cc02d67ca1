namespace Loxi.Ebpf.Native.Maps;

/// <summary>Flags of BPF_MAP_CREATE (linux/bpf.h).</summary>
[Flags]
public enum BpfMapFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>BPF_F_NO_PREALLOC: allocate entries when they are inserted. Required for LPM tries.</summary>
    NoPreallocation = 1 << 0,

    /// <summary>BPF_F_NO_COMMON_LRU: one LRU list per CPU.</summary>
    NoCommonLru = 1 << 1,

    /// <summary>BPF_F_NUMA_NODE.</summary>
    NumaNode = 1 << 2,

    /// <summary>BPF_F_RDONLY: user space may only read.</summary>
    ReadOnly = 1 << 3,

    /// <summary>BPF_F_WRONLY: user space may only write.</summary>
    WriteOnly = 1 << 4,

    /// <summary>BPF_F_ZERO_SEED: predictable hash; for tests.</summary>
    ZeroSeed = 1 << 6,

    /// <summary>BPF_F_RDONLY_PROG: programs may only read (5.2).</summary>
    ReadOnlyProgram = 1 << 7,

    /// <summary>BPF_F_WRONLY_PROG: programs may only write (5.2).</summary>
    WriteOnlyProgram = 1 << 8,

    /// <summary>BPF_F_MMAPABLE: an array that user space may map into memory (5.5).</summary>
    MemoryMappable = 1 << 10,

    /// <summary>BPF_F_INNER_MAP: an inner array whose capacity may differ from the template's (5.10).</summary>
    InnerMap = 1 << 12,
}
