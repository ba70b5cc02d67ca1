using System.Net;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Programs;
using Loxi.Nat;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Benchmarks.Packets;

/// <summary>Loxi's own programs, with services of every mode.</summary>
internal sealed class BalancerDataPlane : IDataPlane
{
    internal const string Redirect = "loxi, redirect";
    private const uint FirstEndpoint = 8;
    private const uint SourcesOfEach = 256;
    private readonly BpfObject _object;
    private readonly TypedMap<RawFlowKey4, RawFlow> _flows4;
    private readonly TypedMap<RawFlowKey6, RawFlow> _flows6;
    private readonly TypedMap<uint, RawControl> _control;
    private readonly TablePasses _passes;
    private readonly uint _embryoSlots;

    internal BalancerDataPlane(Hook hook, uint entries, int interfaceIndex)
    {
        _embryoSlots = EmbryoQuota.SlotsOf(entries / 2);
        _object = BpfObject.OpenEmbedded(typeof(NatBalancer).Assembly, PacketGenerator.FileOf("loxi", hook));
        foreach (var (map, size) in new[] { ("flow4", entries), ("flow6", entries), ("embryos4", _embryoSlots), ("embryos6", _embryoSlots) })
        {
            _object.SetMapMaxEntries(map, size);
        }

        _object.Load();
        _flows4 = new(_object.Maps["flow4"]);
        _flows6 = new(_object.Maps["flow6"]);
        _control = new(_object.Maps["control"]);
        _passes = new(_object.Maps["flow4"], _object.Maps["flow6"]);
        Verdict = Verdicts.Back(hook);
        MeasuredProgram loxi = new(BalancedService.Default, Connect, Verdict);
        Established = hook == Hook.Tc ? [loxi] : [loxi, new(Redirect, Connect, Verdicts.Across(hook), Across: true)];
        _control.Update(0, new()
        {
            Generation = 1,
            HashSeed = 0x10c1,
            MinMtu = 1500,
            EmbryoQuota = EmbryoQuota.Of(entries / 2),
            EmbryoSlots = _embryoSlots,
            PortFirst = Shared.FirstSourcePort,
            PortCount = Shared.SourcePorts,
        });
        new TypedMap<RawAddressKey, RawAddress>(_object.Maps["addresses"])
            .Update(new() { Addr = WireAddress.From(IPAddress.Parse(PacketLab.NodeV4)) }, new() { Flags = Shared.AddressLocal });
        var id = 0u;
        foreach (var service in (IEnumerable<BalancedService>)[BalancedService.Ipv4, BalancedService.Ipv6, BalancedService.Setup, .. BalancedService.Modes])
        {
            Add(service, ++id);
        }

        if (hook == Hook.Xdp)
        {
            TypedMap<uint, uint> ports = new(_object.Maps["tx_ports"]);
            ports.Update((uint)interfaceIndex, (uint)interfaceIndex);
        }
    }

    public string Name => BalancedService.Default;

    public uint Verdict { get; }

    public BpfProgram Connect => _object.Programs["loxi"];

    public IReadOnlyList<MeasuredProgram> Established { get; }

    /// <summary>As on a node without policy routing and multipath routes. Services of every local address cost a look at more tables: the others do without.</summary>
    internal void Prefer(BalancedService service) =>
        Change((ref RawControl control) => control.Flags = Shared.ControlRoutesByDestination | (service.Host ? Shared.ControlHost : 0u));

    /// <summary>
    /// The services are loose: a plain ACK makes a flow, and then it is as if the endpoint had answered. Such flows would count as connections
    /// in the making until then, of which there may not be so many.
    /// </summary>
    public void Fill(PacketGenerator generator, BalancedService service, uint flows)
    {
        Change((ref RawControl control) => control.EmbryoSlots = 0);
        _ = generator.Run(Connect, service.New(0, FlowSet.Ack), (int)flows, Verdict);
        Change((ref RawControl control) => control.EmbryoSlots = _embryoSlots);
        var entries = _passes.Settle(service.Family) + (service.Crosses ? _passes.Settle(service.EndpointFamily) : 0);
        var expected = service.Direct ? flows : flows * 2;
        if (entries != expected)
        {
            throw new InvalidOperationException($"{service.Name}: {flows} flows have made {entries} entries, expected {expected}");
        }
    }

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

        ForgetEmbryos(family);
    }

    private void Change(ControlChange change)
    {
        _ = _control.TryLookup(0, out var control);
        change(ref control);
        _control.Update(0, control);
    }

    public void Dispose()
    {
        _passes.Dispose();
        _object.Dispose();
    }

    /// <summary>Who has taken the flows out by the batch has not taken them off the list of those in the making.</summary>
    private void ForgetEmbryos(int family)
    {
        TypedMap<uint, RawEmbryos> embryos = new(_object.Maps["embryos"]);
        var which = family == 4 ? 0u : 1u;
        _ = embryos.TryLookup(which, out var used);
        if (family == 4)
        {
            Tables.Zero<RawFlowKey4>(_object.Maps["embryos4"], used.Head);
        }
        else
        {
            Tables.Zero<RawFlowKey6>(_object.Maps["embryos6"], used.Head);
        }

        embryos.Update(which, default);
    }

    private void Add(BalancedService service, uint id)
    {
        RawServiceKey key = new()
        {
            Vip = WireAddress.From(!service.Host ? service.Vip : service.Family == 4 ? IPAddress.Any : IPAddress.IPv6Any),
            Port = Tables.Network(Frames.ServicePort),
            Proto = 6,
        };
        var first = id * FirstEndpoint;
        new TypedMap<RawServiceKey, RawService>(_object.Maps["services"]).Update(key, new()
        {
            Id = id,
            MembersBase = first,
            MembersCount = (uint)service.Endpoints,
            WeightTotal = (uint)service.Endpoints,
            Stride = 1,
            Flags = (uint)(service.Flags | (service.Loose ? Shared.ServiceLoose : 0)),
            Mode = service.Number,
        });
        AddEndpoints(service, id, first);
        TypedMap<uint, RawSource> sources = new(_object.Maps["sources"]);
        for (var i = 0; i < service.Sources; i++)
        {
            sources.Update((id * SourcesOfEach) + (uint)i, new() { Addr = WireAddress.From(service.Source(i)) });
        }
    }

    private void AddEndpoints(BalancedService service, uint id, uint first)
    {
        TypedMap<uint, RawMember> members = new(_object.Maps["members"]);
        TypedMap<uint, RawEndpoint> endpoints = new(_object.Maps["endpoints"]);
        for (var i = 0; i < service.Endpoints; i++)
        {
            var index = first + (uint)i;
            members.Update(index, new() { Endpoint = index, WeightEnd = (uint)i + 1 });
            endpoints.Update(index, new()
            {
                Addr = WireAddress.From(service.Endpoint(i)),
                Port = Tables.Network(service.EndpointPort),
                Flags = (ushort)(Shared.EndpointActive | (service.EndpointFamily == 4 ? Shared.EndpointIpv4 : 0)),
                Service = id,
                SourcesBase = id * SourcesOfEach,
                SourcesCount = (uint)service.Sources,
                Serial = index,
                Weight = 1,
            });
        }
    }

    private delegate void ControlChange(ref RawControl control);
}
