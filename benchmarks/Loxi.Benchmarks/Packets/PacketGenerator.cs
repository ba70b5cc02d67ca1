using System.Reflection;
using System.Runtime.InteropServices;
using Loxi.Benchmarks.Interop;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Benchmarks.Packets;

/// <summary>Runs a program on many packets in one system call and tells the CPU time of one.</summary>
internal sealed class PacketGenerator : IDisposable
{
    private readonly BpfObject _object;
    private readonly TypedMap<uint, GeneratorState> _state;
    private readonly ProgramArray _targets;
    private readonly Hook _hook;
    private readonly uint _interface;

    internal PacketGenerator(Hook hook, int interfaceIndex)
    {
        _hook = hook;
        _interface = (uint)interfaceIndex;
        _object = Open("generator", hook);
        _object.Load();
        _state = new(_object.Maps["generator"]);
        _targets = new(_object.Maps["targets"]);
    }

    /// <summary>Does nothing: what is measured with it is the generator itself.</summary>
    internal BpfProgram Nothing => _object.Programs["nothing"];

    internal static BpfObject Open(string name, Hook hook) => BpfObject.OpenEmbedded(Assembly.GetExecutingAssembly(), FileOf(name, hook));

    internal static string FileOf(string name, Hook hook) => hook == Hook.Tc ? $"{name}_tc.bpf.o" : $"{name}_xdp.bpf.o";

    /// <summary>What one packet costs in the program alone, in ns of CPU time. Both are measured within this call.</summary>
    /// <param name="target">Program to measure.</param>
    /// <param name="flows">Which packets.</param>
    /// <param name="packets">How many.</param>
    /// <param name="expected">Verdict of the program; another one of the last packet is an error.</param>
    /// <param name="across">On XDP: the packets seem to come from loopback, not from the interface that the routes lead to.</param>
    internal double Net(BpfProgram target, FlowSet flows, int packets, uint expected, bool across = false)
        => Run(target, flows, packets, expected, across) - Base(flows, packets, across);

    /// <summary>CPU time of one packet in ns, the generator's included.</summary>
    /// <param name="target">Program to measure.</param>
    /// <param name="flows">Which packets.</param>
    /// <param name="packets">How many.</param>
    /// <param name="expected">Verdict of the program; another one of the last packet is an error.</param>
    /// <param name="across">On XDP: the packets seem to come from loopback, not from the interface that the routes lead to.</param>
    internal double Run(BpfProgram target, FlowSet flows, int packets, uint expected, bool across = false)
    {
        Span<byte> output = stackalloc byte[256];
        var before = Prepare(target, flows);
        var result = Generate(flows, output, packets, across);
        var spent = Libc.ThreadCpuNanoseconds() - before;
        Require(target, flows, result, expected);
        return (double)spent / packets;
    }

    /// <summary>The first packet of the flows as the program leaves it.</summary>
    internal byte[] Send(BpfProgram target, FlowSet flows, uint expected, bool across = false)
    {
        Span<byte> output = stackalloc byte[256];
        _ = Prepare(target, flows with { Flows = 1, Random = false });
        var result = Generate(flows, output, 1, across);
        Require(target, flows, result, expected);
        return output[..result.DataLength].ToArray();
    }

    public void Dispose() => _object.Dispose();

    /// <summary>The generator alone, and where that costs extra, giving a frame the size again that the program has changed.</summary>
    private double Base(FlowSet flows, int packets, bool across)
    {
        var alone = Run(Nothing, flows, packets, Verdicts.Nothing(_hook), across);
        return flows.Resizes && _hook == Hook.Tc
            // The one changes the size, the generator changes it back.
            ? (alone + Run(_object.Programs["resize"], flows, packets, Verdicts.Nothing(_hook), across)) / 2
            : alone;
    }

    /// <summary>Returns the CPU time at which everything is in place.</summary>
    private long Prepare(BpfProgram target, FlowSet flows)
    {
        GeneratorState state = new()
        {
            Flows = flows.Flows,
            Random = flows.Random ? 1u : 0,
            Family = (uint)flows.Family,
            Client = Frames.FirstClientWord(flows.Family),
            Next = flows.First,
            State = 2463534242,
            Reverse = flows.Reverse ? 1u : 0,
            Resizes = flows.Resizes ? 1u : 0,
        };
        Frames.Write(state.Frame, flows);
        _state.Update(0, state);
        _targets.Set(0, target);
        return Libc.ThreadCpuNanoseconds();
    }

    private ProgramRunResult Generate(FlowSet flows, Span<byte> output, int packets, bool across)
    {
        // The generator writes the frame itself; the kernel wants one that it can tell the protocol of.
        Span<byte> input = stackalloc byte[Frames.Ipv6Length];
        Frames.Write(input, flows);
        SkBuffContext context = new() { Interface = _interface, IngressInterface = _interface };
        var xdp = XdpContext.For(Frames.Length(flows.Family), (int)_interface);
        ProgramRunOptions options = new()
        {
            Repeat = packets,
            // Without a context an XDP program sees loopback, which has the same routes.
            Context = _hook == Hook.Tc ? MemoryMarshal.AsBytes(new ReadOnlySpan<SkBuffContext>(in context))
                : across ? default : MemoryMarshal.AsBytes(new ReadOnlySpan<XdpContext>(in xdp)),
        };
        return _object.Programs["generate"].Run(input[..Frames.Length(flows.Family)], output, options);
    }

    private static void Require(BpfProgram target, FlowSet flows, ProgramRunResult result, uint expected)
    {
        if (result.ReturnValue != expected)
        {
            throw new InvalidOperationException($"{target.Name} returned {result.ReturnValue} for {flows}, expected {expected}");
        }
    }
}
