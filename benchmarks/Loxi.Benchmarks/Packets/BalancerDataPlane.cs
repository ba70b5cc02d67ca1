using System.Net;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Programs;
using Loxi.Nat.Tables;

namespace Loxi.Benchmarks.Packets;

/// <summary>Loxi's own programs with one service per address family.</summary>
internal sealed class BalancerDataPlane : IDataPlane
{
    internal const string Redirect = "loxi, redirect";
    private const uint FirstEndpoint = 8;
    private readonly BpfObject _object;
    private readonly TypedMap<RawFlowKey4, RawFlow> _flows4;
    private readonly TypedMap<RawFlowKey6, RawFlow> _flows6;

    internal BalancerDataPlane(Hook hook, uint entries, int interfaceIndex)
    {
        _object = PacketGenerator.Open("loxi", hook);
        _object.SetMapMaxEntries("flow4", entries);
        _object.SetMapMaxEntries("flow6", entries);
        _object.Load();
        _flows4 = new(_object.Maps["flow4"]);
        _flows6 = new(_object.Maps["flow6"]);
        Verdict = Verdicts.Back(hook);
        MeasuredProgram loxi = new("loxi", _object.Programs["loxi"], Verdict);
        Established = hook == Hook.Tc ? [loxi] : [loxi, new(Redirect, loxi.Program, Verdicts.Across(hook), Across: true)];
        TypedMap<uint, RawControl> control = new(_object.Maps["control"]);
        control.Update(0, new() { Generation = 1, HashSeed = 0x10c1, MinMtu = 1500 });
        AddService(1, Frames.VipV4, PacketLab.EndpointV4);
        AddService(2, Frames.VipV6, PacketLab.EndpointV6);
        if (hook == Hook.Xdp)
        {
            TypedMap<uint, uint> ports = new(_object.Maps["tx_ports"]);
            ports.Update((uint)interfaceIndex, (uint)interfaceIndex);
        }
    }

    public string Name => "loxi";

    public uint Verdict { get; }

    public BpfProgram Connect => _object.Programs["loxi"];

    /// <summary>The services are loose: a plain ACK makes an established flow.</summary>
    public byte FillFlags => FlowSet.Ack;

    public IReadOnlyList<MeasuredProgram> Established { get; }

    public void Clear(int family)
    {
        if (family == 4)
        {
            Tables.Clear(_flows4);
        }
        else
        {
            Tables.Clear(_flows6);
        }
    }

    public void Dispose() => _object.Dispose();

    private void AddService(uint id, IPAddress vip, Func<int, string> endpointAddress)
    {
        RawServiceKey key = new() { Port = Tables.Network(Frames.ServicePort), Proto = 6 };
        Tables.Mapped(vip).CopyTo(key.Vip);
        var first = id * FirstEndpoint;
        TypedMap<RawServiceKey, RawService> services = new(_object.Maps["services"]);
        services.Update(key, new() { Id = id, MembersBase = first, MembersCount = PacketLab.Endpoints, Flags = Shared.ServiceLoose });
        TypedMap<uint, uint> members = new(_object.Maps["members"]);
        TypedMap<uint, RawEndpoint> endpoints = new(_object.Maps["endpoints"]);
        for (var i = 0; i < PacketLab.Endpoints; i++)
        {
            RawEndpoint endpoint = new() { Port = Tables.Network(Frames.EndpointPort), Flags = Shared.EndpointActive, Service = id };
            Tables.Mapped(IPAddress.Parse(endpointAddress(i))).CopyTo(endpoint.Addr);
            var index = first + (uint)i;
            members.Update(index, index);
            endpoints.Update(index, endpoint);
        }
    }
}
