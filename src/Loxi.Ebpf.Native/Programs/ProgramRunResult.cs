namespace Loxi.Ebpf.Native.Programs;

/// <summary>Outcome of running a program on given data.</summary>
/// <param name="ReturnValue">What the program returned (TC_ACT_*, XDP_*).</param>
/// <param name="DurationNanoseconds">Average time of one run, in nanoseconds.</param>
/// <param name="DataLength">Bytes of the packet after the run.</param>
/// <param name="ContextLength">Bytes of the context after the run.</param>
public readonly record struct ProgramRunResult(uint ReturnValue, uint DurationNanoseconds, int DataLength, int ContextLength);
