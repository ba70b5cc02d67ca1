using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Programs;

public sealed partial class BpfProgram
{
    /// <summary>
    /// Runs the program in the kernel on a packet of the caller (BPF_PROG_TEST_RUN, 4.12; with a context 4.18 for TC and 5.15 for XDP).
    /// </summary>
    /// <param name="data">Packet from its Ethernet header on, 14 bytes or more.</param>
    /// <param name="output">Receives the packet as the program left it; empty when it is not wanted.</param>
    /// <param name="options">Context bytes, repetitions and flags.</param>
    /// <returns>Return value, duration and lengths.</returns>
    /// <exception cref="EbpfException">The kernel refused; ENOSPC: <paramref name="output"/> is too small.</exception>
    public unsafe ProgramRunResult Run(ReadOnlySpan<byte> data, Span<byte> output, ProgramRunOptions options = default)
    {
        fixed (byte* dataIn = data, dataOut = output, contextIn = options.Context, contextOut = options.ContextOutput)
        {
            TestRunOptions native = new()
            {
                Size = (nuint)sizeof(TestRunOptions),
                DataIn = dataIn,
                DataSizeIn = (uint)data.Length,
                DataOut = dataOut,
                DataSizeOut = (uint)output.Length,
                ContextIn = contextIn,
                ContextSizeIn = (uint)options.Context.Length,
                ContextOut = contextOut,
                ContextSizeOut = (uint)options.ContextOutput.Length,
                Repeat = options.Repeat,
                Flags = (uint)options.Flags,
                Cpu = options.Cpu,
                BatchSize = options.BatchSize,
            };
            return Execute(&native, output.Length);
        }
    }

    /// <summary>Runs the program on a packet and a context structure, which receives the context as the program left it.</summary>
    /// <typeparam name="TContext"><see cref="SkBuffContext"/> for TC, <see cref="XdpContext"/> for XDP.</typeparam>
    /// <param name="data">Packet from its Ethernet header on, 14 bytes or more.</param>
    /// <param name="output">Receives the packet as the program left it; empty when it is not wanted.</param>
    /// <param name="context">Context before and after.</param>
    /// <param name="repeat">Number of runs, 0 or 1 for one.</param>
    /// <exception cref="EbpfException">The kernel refused; EINVAL: the context has a field set that the kernel does not let callers set.</exception>
    public ProgramRunResult Run<TContext>(ReadOnlySpan<byte> data, Span<byte> output, ref TContext context, int repeat = 1)
        where TContext : unmanaged
    {
        TContext before = context;
        ProgramRunOptions options = new()
        {
            Context = MemoryMarshal.AsBytes(new ReadOnlySpan<TContext>(in before)),
            ContextOutput = MemoryMarshal.AsBytes(new Span<TContext>(ref context)),
            Repeat = repeat,
        };
        return Run(data, output, options);
    }

    /// <summary>Runs a <c>SEC("syscall")</c> program (5.14), which has a context only.</summary>
    /// <typeparam name="TContext">The program's context structure, at most 65,535 bytes.</typeparam>
    /// <param name="context">Context that the program reads and may change.</param>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public unsafe ProgramRunResult RunSyscall<TContext>(ref TContext context)
        where TContext : unmanaged
    {
        fixed (TContext* pointer = &context)
        {
            TestRunOptions native = new()
            {
                Size = (nuint)sizeof(TestRunOptions),
                ContextIn = pointer,
                ContextSizeIn = (uint)sizeof(TContext),
            };
            return Execute(&native, 0);
        }
    }

    private unsafe ProgramRunResult Execute(TestRunOptions* options, int outputCapacity)
    {
        using FdLease fd = Handle.Lease();
        int result = Libbpf.ProgTestRun(fd.Fd, options);
        if (result < 0)
        {
            string? detail = -result == Errno.ENOSPC && outputCapacity > 0
                ? $"the output has {options->DataSizeOut} bytes, the span {outputCapacity}"
                : null;
            throw new EbpfException($"run program '{Name}' ({Type})", -result, detail: detail);
        }

        return new ProgramRunResult(options->ReturnValue, options->Duration, (int)options->DataSizeOut, (int)options->ContextSizeOut);
    }
}
