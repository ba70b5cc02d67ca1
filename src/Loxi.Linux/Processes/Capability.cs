namespace Loxi.Linux.Processes;

/// <summary>Capabilities of a process that matter to networking and eBPF (linux/capability.h); the value is the bit number.</summary>
public enum Capability
{
    /// <summary>CAP_DAC_OVERRIDE: files regardless of their mode.</summary>
    DacOverride = 1,

    /// <summary>CAP_NET_BIND_SERVICE: ports below 1024.</summary>
    NetBindService = 10,

    /// <summary>CAP_NET_ADMIN: links, addresses, routes, TC and XDP.</summary>
    NetAdmin = 12,

    /// <summary>CAP_NET_RAW: raw and packet sockets.</summary>
    NetRaw = 13,

    /// <summary>CAP_IPC_LOCK: locked memory.</summary>
    IpcLock = 14,

    /// <summary>CAP_SYS_ADMIN: namespaces and mounts.</summary>
    SysAdmin = 21,

    /// <summary>CAP_SYS_NICE: real-time scheduling.</summary>
    SysNice = 23,

    /// <summary>CAP_SYS_RESOURCE: hard resource limits.</summary>
    SysResource = 24,

    /// <summary>CAP_PERFMON: tracing and pointer arithmetic of eBPF programs, since Linux 5.8.</summary>
    PerfMon = 38,

    /// <summary>CAP_BPF: eBPF maps and programs, since Linux 5.8.</summary>
    Bpf = 39,
}
