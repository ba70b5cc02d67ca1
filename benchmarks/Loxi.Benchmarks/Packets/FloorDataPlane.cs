using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Benchmarks.Packets;

/// <summary>bpf/floor.bpf.c: the least that a balancer can do.</summary>
internal sealed class FloorDataPlane : IDataPlane
{
    private const uint RingSlots = 65537;
    private readonly BpfObject _object;
    private readonly TypedMap<Key, Value> _flows;

    internal FloorDataPlane(Hook hook, uint entries, int interfaceIndex)
    {
        _object = PacketGenerator.Open("floor", hook);
        _object.SetMapMaxEntries("flows", entries);
        _object.Load();
        _flows = new(_object.Maps["flows"]);
        Verdict = Verdicts.Back(hook);
        MeasuredProgram floor = new("floor", _object.Programs["f_nat"], Verdict);
        MeasuredProgram lookup = new("floor, lookup only", _object.Programs["f_lookup"], Verdict, Translates: false);
        Established = hook == Hook.Tc
            ? [floor, new(Variant(hook), _object.Programs["f_nat_direct"], Verdict), new("floor, no TTL or counters", _object.Programs["f_nat_plain"], Verdict, Translates: false), lookup]
            : [floor, new(Variant(hook), _object.Programs["f_nat_redirect"], Verdicts.Across(hook), Across: true), lookup];
        Fill();
        if (hook == Hook.Xdp)
        {
            TypedMap<uint, uint> ports = new(_object.Maps["ports"]);
            ports.Update(1, (uint)interfaceIndex);
        }
    }

    public string Name => "floor";

    public uint Verdict { get; }

    public BpfProgram Connect => _object.Programs["f_new2"];

    /// <summary>One direction only.</summary>
    internal BpfProgram ConnectOneWay => _object.Programs["f_new1"];

    public IReadOnlyList<MeasuredProgram> Established { get; }

    /// <summary>The least that can be done for a packet of a mode in which the header changes its size.</summary>
    internal BpfProgram OfItsKind(BalancedService mode) => _object.Programs[mode.Tunnel ? "f_tunnel" : mode.Family == 4 ? "f_cross4" : "f_cross6"];

    /// <summary>Name of a second floor, which does more nearly what a balancer must; for information.</summary>
    internal static string Variant(Hook hook) => hook == Hook.Tc ? "floor, direct writes" : "floor, redirect";

    public void Fill(PacketGenerator generator, BalancedService service, uint flows) => _ = generator.Run(Connect, service.New(0, FlowSet.Syn), (int)flows, Verdict);

    public void Clear(int family) => Tables.Clear(_flows);

    public void Dispose() => _object.Dispose();

    private void Fill()
    {
        TypedMap<ServiceKey, ulong> services = new(_object.Maps["services"]);
        services.Update(new() { Address = Tables.Word(Frames.VipV4), Port = Tables.Network(Frames.ServicePort), Protocol = 6 }, 1);
        TypedMap<uint, Endpoint> endpoints = new(_object.Maps["endpoints"]);
        for (var i = 0; i < PacketLab.Endpoints; i++)
        {
            Endpoint endpoint = new() { Address = Tables.Word(PacketLab.EndpointV4(i)), Port = Tables.Network(Frames.EndpointPort) };
            endpoint.Mac[0] = 2;
            endpoint.Mac[5] = (byte)i;
            endpoints.Update((uint)i, endpoint);
        }

        TypedMap<uint, uint> ring = new(_object.Maps["ring"]);
        for (uint i = 0; i < RingSlots; i++)
        {
            ring.Update(i, i % PacketLab.Endpoints);
        }
    }

    [InlineArray(16)]
    private struct Key
    {
        private byte _first;
    }

    [InlineArray(64)]
    private struct Value
    {
        private byte _first;
    }

    [InlineArray(6)]
    private struct Mac
    {
        private byte _first;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ServiceKey
    {
        public uint Address;
        public ushort Port;
        public byte Protocol;
        public byte Pad;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Endpoint
    {
        public uint Address;
        public ushort Port;
        public Mac Mac;
        public uint Pad;
    }
}
