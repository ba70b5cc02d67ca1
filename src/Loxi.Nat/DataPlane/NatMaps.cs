using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.Tables;

namespace Loxi.Nat.DataPlane;

/// <summary>Every table of the data plane, typed. What they hold is said in bpf/loxi_shared.h, their kinds in bpf/loxi_maps.h.</summary>
internal sealed class NatMaps(IReadOnlyDictionary<string, BpfMap> maps) : IDisposable
{
    public MappedArray<RawControl> Control { get; } = new(maps["control"]);

    public TypedMap<RawFlowKey4, RawFlow> Flow4 { get; } = new(maps["flow4"]);

    public TypedMap<RawFlowKey6, RawFlow> Flow6 { get; } = new(maps["flow6"]);

    public TypedMap<RawServiceKey, RawService> Services { get; } = new(maps["services"]);

    public TypedMap<RawRangeKey, RawRange> Ranges { get; } = new(maps["ranges"]);

    public TypedMap<uint, ulong> Rotation { get; } = new(maps["rotation"]);

    public TypedMap<uint, RawMember> Members { get; } = new(maps["members"]);

    public TypedMap<uint, RawEndpoint> Endpoints { get; } = new(maps["endpoints"]);

    public MappedArray<RawEndpointLoad> EndpointLoad { get; } = new(maps["endpoint_load"]);

    public TypedMap<uint, RawSource> Sources { get; } = new(maps["sources"]);

    public TypedMap<RawPersistKey, RawPersist> Persist { get; } = new(maps["persist"]);

    public MappedArray<RawGroup> Groups { get; } = new(maps["groups"]);

    public TypedMap<RawAddressKey, RawAddress> Addresses { get; } = new(maps["addresses"]);

    public TypedMap<uint, RawLink> Links { get; } = new(maps["links"]);

    public MappedArray<RawEmbryos> Embryos { get; } = new(maps["embryos"]);

    public TypedMap<uint, RawFlowKey4> Embryos4 { get; } = new(maps["embryos4"]);

    public TypedMap<uint, RawFlowKey6> Embryos6 { get; } = new(maps["embryos6"]);

    public MappedArray<ulong> Dirty { get; } = new(maps["dirty"]);

    public MappedArray<RawImport> Imports { get; } = new(maps["imports"]);

    public MapOfMaps<uint> Maglev { get; } = new(maps["maglev"]);

    public PerCpuMap<uint, RawEndpointStats> EndpointStats { get; } = new(maps["endpoint_stats"]);

    public PerCpuMap<uint, RawServiceStats> ServiceStats { get; } = new(maps["service_stats"]);

    public PerCpuMap<uint, RawReasonStats> ReasonStats { get; } = new(maps["reason_stats"]);

    public TypedMap<RawFragmentKey, RawFragment> Fragments { get; } = new(maps["fragments"]);

    public BpfMap Events { get; } = maps["events"];

    public BpfMap Punts { get; } = maps["punts"];

    /// <summary>Sets or clears a bit of the control word, which several parties share. May be called from any thread.</summary>
    /// <param name="flag">A bit of LOXI_CONTROL_*.</param>
    /// <param name="on">Whether it shall be set.</param>
    public void SetControlFlag(int flag, bool on)
    {
        ref var flags = ref Control.Span[0].Flags;
        if (on)
        {
            Interlocked.Or(ref flags, (uint)flag);
        }
        else
        {
            Interlocked.And(ref flags, ~(uint)flag);
        }
    }

    public void Dispose()
    {
        Control.Dispose();
        EndpointLoad.Dispose();
        Groups.Dispose();
        Embryos.Dispose();
        Dirty.Dispose();
        Imports.Dispose();
    }
}
