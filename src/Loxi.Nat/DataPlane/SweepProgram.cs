using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Nat.Tables;

namespace Loxi.Nat.DataPlane;

/// <summary>bpf/loxi_sweep.bpf.c on the flow tables. What it is told and what it finds is in memory that both see; of one process only, and not pinned.</summary>
internal sealed class SweepProgram : IDisposable
{
    private readonly IObjectLoader _objects;
    private readonly BpfObject _object;
    private readonly MappedArray<RawSweepEndpoint> _endpoints;
    private readonly MappedArray<RawSweepLimits> _limits;
    private readonly MappedArray<RawFlowKey4> _found4;
    private readonly MappedArray<RawFlowKey6> _found6;

    private SweepProgram(IObjectLoader objects, BpfObject loaded)
    {
        _objects = objects;
        _object = loaded;
        _endpoints = new(loaded.Maps["sweep_endpoints"]);
        _limits = new(loaded.Maps["sweep_limits"]);
        _found4 = new(loaded.Maps["sweep_found4"]);
        _found6 = new(loaded.Maps["sweep_found6"]);
    }

    /// <summary>By index of the endpoint.</summary>
    public Span<RawSweepEndpoint> Endpoints => _endpoints.Span;

    /// <summary>By number of the class.</summary>
    public Span<RawSweepLimits> Limits => _limits.Span;

    public static SweepProgram Load(IObjectLoader objects, IReadOnlyDictionary<string, BpfMap> maps)
    {
        var loaded = objects.Load("loxi_sweep", opened =>
        {
            foreach (var name in (ReadOnlySpan<string>)["flow4", "flow6"])
            {
                opened.SetMapMaxEntries(name, maps[name].MaxEntries);
                opened.ReuseMap(name, maps[name]);
            }

            opened.SetMapMaxEntries("sweep_endpoints", maps["endpoints"].MaxEntries);
        });
        try
        {
            return new SweepProgram(objects, loaded);
        }
        catch
        {
            objects.Release(loaded);
            throw;
        }
    }

    /// <summary>One pass over the table of a family. It ends when there is no room for what it finds.</summary>
    /// <param name="now">Tick.</param>
    /// <param name="openLimit">The least of all limits of open connections, in ticks.</param>
    /// <param name="found">Keys of entries that were silent for too long, valid until the next pass.</param>
    /// <returns>What the other connections add up to.</returns>
    public RawSweepCall Run<TKey>(uint now, uint openLimit, out ReadOnlySpan<TKey> found)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        var call = new RawSweepCall { Family = TKey.IsIPv4 ? 4u : 6u, Now = now, OpenLimit = openLimit };
        _object.Programs["loxi_sweep"].RunSyscall(ref call);
        found = (TKey.IsIPv4 ? MemoryMarshal.Cast<RawFlowKey4, TKey>(_found4.Span) : MemoryMarshal.Cast<RawFlowKey6, TKey>(_found6.Span))[..(int)call.Found];
        return call;
    }

    public void Dispose()
    {
        _endpoints.Dispose();
        _limits.Dispose();
        _found4.Dispose();
        _found6.Dispose();
        _objects.Release(_object);
    }
}
