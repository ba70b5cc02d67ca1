namespace Loxi.Ebpf.Native.Programs;

/// <summary>Optional arguments of a program run. <c>default</c> runs once without a context.</summary>
public ref struct ProgramRunOptions
{
    /// <summary>Context before the run (struct __sk_buff or struct xdp_md as raw bytes); empty for none.</summary>
    public ReadOnlySpan<byte> Context { get; set; }

    /// <summary>Receives the context after the run; empty when it is not wanted.</summary>
    public Span<byte> ContextOutput { get; set; }

    /// <summary>Number of runs; 0 (the default) and 1 are one run. The packet is not reset in between.</summary>
    public int Repeat { get; set; }

    /// <summary>Flags; none by default.</summary>
    public ProgramRunFlags Flags { get; set; }

    /// <summary>CPU for <see cref="ProgramRunFlags.OnCpu"/>.</summary>
    public uint Cpu { get; set; }

    /// <summary>Frames per batch for <see cref="ProgramRunFlags.XdpLiveFrames"/>, 0 to 256; 0 is the kernel's default of 64.</summary>
    public uint BatchSize { get; set; }
}
