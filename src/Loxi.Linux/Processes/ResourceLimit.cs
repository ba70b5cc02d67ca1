namespace Loxi.Linux.Processes;

/// <summary>Resource limits of a process (RLIMIT_*, asm-generic/resource.h: the numbers of x86-64 and arm64).</summary>
public enum ResourceLimit
{
    /// <summary>RLIMIT_NOFILE: one more than the highest descriptor.</summary>
    OpenFiles = 7,

    /// <summary>RLIMIT_MEMLOCK: bytes of locked memory; eBPF maps count against it before Linux 5.11.</summary>
    LockedMemory = 8,
}
