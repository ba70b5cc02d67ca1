namespace Loxi.Ebpf.Native.Programs;

/// <summary>enum bpf_prog_type of linux/bpf.h, the types this library has uses for; others keep their number.</summary>
public enum BpfProgramType
{
    /// <summary>No type.</summary>
    Unspecified = 0,

    /// <summary>Socket filter (3.19).</summary>
    SocketFilter = 1,

    /// <summary>kprobe (4.1).</summary>
    Kprobe = 2,

    /// <summary>Traffic control classifier: TCX and clsact (4.1).</summary>
    SchedCls = 3,

    /// <summary>Traffic control action (4.1).</summary>
    SchedAct = 4,

    /// <summary>Tracepoint (4.7).</summary>
    Tracepoint = 5,

    /// <summary>eXpress Data Path (4.8).</summary>
    Xdp = 6,

    /// <summary>perf event (4.9).</summary>
    PerfEvent = 7,

    /// <summary>cgroup packet filter (4.10).</summary>
    CgroupSkb = 8,

    /// <summary>Socket lookup (5.9).</summary>
    SkLookup = 30,

    /// <summary>Program run by BPF_PROG_TEST_RUN with a context only (5.14).</summary>
    Syscall = 31,
}
