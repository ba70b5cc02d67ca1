namespace Loxi.Ebpf.Native.Programs;

/// <summary>Flags of BPF_PROG_TEST_RUN.</summary>
[Flags]
public enum ProgramRunFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>BPF_F_TEST_RUN_ON_CPU (5.10; raw tracepoints only).</summary>
    OnCpu = 1 << 0,

    /// <summary>BPF_F_TEST_XDP_LIVE_FRAMES: XDP verdicts are carried out, frames really leave (5.18).</summary>
    XdpLiveFrames = 1 << 1,

    /// <summary>BPF_F_TEST_SKB_CHECKSUM_COMPLETE: apply CHECKSUM_COMPLETE to the skb and validate it afterwards (6.14).</summary>
    SkbChecksumComplete = 1 << 2,
}
