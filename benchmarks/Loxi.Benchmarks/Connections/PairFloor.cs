using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Loxi.Benchmarks.Interop;
using Loxi.Benchmarks.Packets;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Programs;
using Loxi.Nat.Tables;

namespace Loxi.Benchmarks.Connections;

/// <summary>bpf/connections.bpf.c: two entries for each connection and nothing else.</summary>
internal sealed class PairFloor : IDisposable
{
    private readonly BpfObject _object;
    private readonly BpfProgram _program;

    internal PairFloor(uint entries)
    {
        _object = BpfObject.OpenEmbedded(Assembly.GetExecutingAssembly(), "connections.bpf.o");
        _object.SetMapMaxEntries("floor4", entries);
        _object.SetMapMaxEntries("floor6", entries);
        _object.Load();
        _program = _object.Programs["insert_pairs"];
    }

    /// <summary>CPU time in ns.</summary>
    internal long Insert(int family, uint first, int count)
    {
        Call call = new() { First = first, Count = (uint)count, Family = (uint)family };
        var before = Libc.ThreadCpuNanoseconds();
        var ran = _program.RunSyscall(ref call);
        var spent = Libc.ThreadCpuNanoseconds() - before;
        return ran.ReturnValue == (uint)count && call.Failed == 0
            ? spent
            : throw new InvalidOperationException($"the floor inserted {ran.ReturnValue} connections with {call.Failed} failures, expected {count} with none");
    }

    internal void Clear(int family)
    {
        if (family == 4)
        {
            Tables.Clear(new TypedMap<RawFlowKey4, RawFlow>(_object.Maps["floor4"]));
        }
        else
        {
            Tables.Clear(new TypedMap<RawFlowKey6, RawFlow>(_object.Maps["floor6"]));
        }
    }

    public void Dispose() => _object.Dispose();

    [StructLayout(LayoutKind.Sequential)]
    private struct Call
    {
        public uint First;
        public uint Count;
        public uint Failed;
        public uint Family;
    }
}
