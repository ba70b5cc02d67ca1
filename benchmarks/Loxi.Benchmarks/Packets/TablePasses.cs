using System.Reflection;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;

namespace Loxi.Benchmarks.Packets;

/// <summary>bpf/tables.bpf.c on the flow tables of a balancer.</summary>
internal sealed class TablePasses : IDisposable
{
    private readonly BpfObject _object;

    internal TablePasses(BpfMap flows4, BpfMap flows6)
    {
        _object = BpfObject.OpenEmbedded(Assembly.GetExecutingAssembly(), "tables.bpf.o");
        foreach (var (name, map) in new[] { ("flow4", flows4), ("flow6", flows6) })
        {
            _object.SetMapMaxEntries(name, map.MaxEntries);
            _object.ReuseMap(name, map);
        }

        _object.Load();
    }

    /// <summary>Makes open connections of those that were picked up in their middle. Returns how many entries there are.</summary>
    internal uint Settle(int family) => Run("settle", family, 0).Entries;

    /// <summary>Looks at the time in every entry. Returns how many there are and how many were silent since.</summary>
    internal (uint Entries, uint Idle) Look(int family, uint now)
    {
        var pass = Run("look", family, now);
        return (pass.Entries, pass.Idle);
    }

    public void Dispose() => _object.Dispose();

    private Pass Run(string program, int family, uint now)
    {
        Pass pass = new() { Family = (uint)family, Now = now };
        _ = _object.Programs[program].RunSyscall(ref pass);
        return pass;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Pass
    {
        public uint Family;
        public uint Now;
        public uint Entries;
        public uint Idle;
    }
}
