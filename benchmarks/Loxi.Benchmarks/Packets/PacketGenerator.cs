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
    private readonly bool _tc;
    private readonly uint _interface;

    internal PacketGenerator(Hook hook, int interfaceIndex)
    {
        _tc = hook == Hook.Tc;
        _interface = (uint)interfaceIndex;
        _object = Open("generator", hook);
        _object.Load();
        _state = new(_object.Maps["generator"]);
        _targets = new(_object.Maps["targets"]);
    }

    /// <summary>Does nothing: what is measured with it is the generator itself.</summary>
    internal BpfProgram Nothing => _object.Programs["nothing"];

    internal static BpfObject Open(string name, Hook hook)
        => BpfObject.OpenEmbedded(Assembly.GetExecutingAssembly(), hook == Hook.Tc ? $"{name}_tc.bpf.o" : $"{name}_xdp.bpf.o");

    /// <summary>CPU time of one packet in ns, the generator's included.</summary>
    /// <param name="target">Program to measure.</param>
    /// <param name="flows">Which packets.</param>
    /// <param name="packets">How many.</param>
    /// <param name="expected">Verdict of the program; another one of the last packet is an error.</param>
    /// <param name="across">On XDP: the packets seem to come from loopback, not from the interface that the routes lead to.</param>
    internal double Run(BpfProgram target, FlowSet flows, int packets, uint expected, bool across = false)
    {
        GeneratorState state = new()
        {
            Flows = flows.Flows,
            Random = flows.Random ? 1u : 0,
            Family = (uint)flows.Family,
            Client = flows.Family == 4 ? Frames.FirstClientV4 : Frames.FirstClientV6,
            Next = flows.First,
            State = 2463534242,
        };
        Frames.Write(state.Frame, flows.Family, flows.TcpFlags);
        _state.Update(0, state);
        _targets.Set(0, target);

        Span<byte> output = stackalloc byte[256];
        ReadOnlySpan<byte> input = state.Frame;
        SkBuffContext context = new() { Interface = _interface, IngressInterface = _interface };
        var xdp = XdpContext.For(Frames.Length(flows.Family), (int)_interface);
        ProgramRunOptions options = new()
        {
            Repeat = packets,
            // Without a context an XDP program sees loopback, which has the same routes.
            Context = _tc ? MemoryMarshal.AsBytes(new ReadOnlySpan<SkBuffContext>(in context))
                : across ? default : MemoryMarshal.AsBytes(new ReadOnlySpan<XdpContext>(in xdp)),
        };

        var before = Libc.ThreadCpuNanoseconds();
        var result = _object.Programs["generate"].Run(input[..Frames.Length(flows.Family)], output, options);
        var spent = Libc.ThreadCpuNanoseconds() - before;
        return result.ReturnValue == expected
            ? (double)spent / packets
            : throw new InvalidOperationException($"{target.Name} returned {result.ReturnValue} for {flows}, expected {expected}");
    }

    public void Dispose() => _object.Dispose();
}
