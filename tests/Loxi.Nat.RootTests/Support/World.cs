using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Loxi.Core.Services;
using Loxi.Ebpf.Native.Features;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Programs;
using Loxi.Nat.Connections;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;

namespace Loxi.Nat.RootTests.Support;

/// <summary>A balancer in a namespace with routes and neighbours for its clients and endpoints, and packets of one family at one hook.</summary>
internal sealed class World : IDisposable
{
    public const string ClientMac = "02:00:00:00:00:c1";
    public const string NodeMac = "02:00:00:00:00:01";
    public const string PinPath = "/sys/fs/bpf/loxi-fixtures";
    public const ushort Port = 80;
    public const ushort EndpointPort = 8080;

    private readonly Lazy<BpfProgram> _xdp;
    private readonly int _interface;
    private readonly byte[] _output = new byte[70_000];

    private World(Hook hook, int family, NatOptions options, IObjectLoader objects, ConnectionTimeouts? timeouts, TimeProvider? time)
    {
        Hook = hook;
        Family = family;
        Options = options;
        BuildNetwork();
        _interface = Sandbox.IndexOf("v0");
        Ingress = _interface;
        Balancer = NatBalancer.Open(options, objects, timeouts, time: time);
        Tc = Balancer.DataPlane.TcProgram;
        _xdp = new Lazy<BpfProgram>(LoadXdp);
    }

    public Hook Hook { get; set; }

    public int Family { get; }

    /// <summary>Interface that packets come from: v0, by which they leave too, or 0 for none, on XDP only.</summary>
    public int Ingress { get; set; }

    public NatOptions Options { get; }

    public NatBalancer Balancer { get; }

    public NatMaps Maps => Balancer.DataPlane.Maps;

    public BpfProgram Tc { get; set; }

    /// <summary>Loaded when it is asked for: loading takes most of a test's time in an emulated kernel.</summary>
    public BpfProgram Xdp => _xdp.Value;

    public string Client => Pick("198.51.100.10", "2001:db8:100::10");

    public string OtherClient => Pick("198.51.100.11", "2001:db8:100::11");

    public string Vip => Pick("203.0.113.10", "2001:db8:113::10");

    /// <summary>The node's own address towards clients and endpoints.</summary>
    public string Node => NodeOf(Family);

    public string OtherVip => Pick("203.0.113.20", "2001:db8:113::20");

    /// <summary>
    /// Where the kernel knows how, every packet comes with the device's sum over all of it, and the run fails when the sum does not
    /// follow what the program changed (BPF_F_PSEUDO_HDR, BPF_F_IPV6 and bpf_csum_update).
    /// </summary>
    public static ProgramRunFlags ChecksumRunFlag =>
        KernelFeatures.IsSupported(KernelFeature.ChecksumIpv6Flag) ? ProgramRunFlags.SkbChecksumComplete : ProgramRunFlags.None;

    /// <summary>In a test run the kernel does not keep its sum right when it moves tags within the frame (mac_len is 0 there): it is not asked then.</summary>
    public bool HasSeenTags { get; set; }

    public static NatOptions SmallOptions => new() { PinPath = PinPath, MaxConnections = 4096, MaxServices = 64, MaxEndpoints = 256, MaxSources = 1024, MaxPersistent = 4096 };

    /// <summary>False where headers change their size: the kernel gives up its sum over the packet then, and is not asked for it.</summary>
    public bool KeepsSum { get; set; } = true;

    /// <summary>Mark of the packets (SO_MARK). Only TC sees it.</summary>
    public uint Mark { get; set; }

    public IReadOnlyList<Connection> Connections => [.. Balancer.Connections.Read()];

    public Connection Connection => Connections.Single();

    public IReadOnlyList<RawFlow> Flows => Family == 4 ? [.. Maps.Flow4.ToArray().Select(e => e.Value)] : [.. Maps.Flow6.ToArray().Select(e => e.Value)];

    /// <summary>Entries of both families.</summary>
    public int EntryCount => Maps.Flow4.ToArray().Length + Maps.Flow6.ToArray().Length;

    public byte[] FlowBytes => Family == 4
        ? MemoryMarshal.AsBytes<KeyValuePair<RawFlowKey4, RawFlow>>(Maps.Flow4.ToArray()).ToArray()
        : MemoryMarshal.AsBytes<KeyValuePair<RawFlowKey6, RawFlow>>(Maps.Flow6.ToArray()).ToArray();

    /// <summary>Runs a test in a world of its own, on a data plane that an earlier test has loaded where there is one.</summary>
    public static void Run(Hook hook, int family, Action<World> test, NatOptions? options = null, ConnectionTimeouts? timeouts = null, TimeProvider? time = null) => Sandbox.Run(() =>
    {
        options ??= SmallOptions;
        var objects = KeptObjects.Take(options);
        var isReusable = false;
        try
        {
            Run(hook, family, test, options, objects, timeouts, time);

            // Until the kernel has removed a namespace, at some time after the test, packets may meet the programs in it.
            isReusable = !Sandbox.HasAttachedPrograms();
        }
        finally
        {
            objects.GiveBack(isReusable);
        }
    });

    /// <summary>Runs a test with a data plane that is loaded for it alone: for what is about loading, cannot be undone, or takes longer to undo than to load (a Maglev table waits for a grace period).</summary>
    public static void RunAlone(Hook hook, int family, Action<World> test, NatOptions? options = null) => Sandbox.Run(() => Run(hook, family, test, options ?? SmallOptions, ObjectLoader.Instance));

    /// <summary>Runs a test on objects of any kind; in a sandbox.</summary>
    public static void Run(Hook hook, int family, Action<World> test, NatOptions options, IObjectLoader objects, ConnectionTimeouts? timeouts = null, TimeProvider? time = null)
    {
        using var world = new World(hook, family, options, objects, timeouts, time);
        test(world);
    }

    public static string EndpointMac(int index) => string.Create(CultureInfo.InvariantCulture, $"02:00:00:00:00:e{index}");

    public string Endpoint(int index) => EndpointOf(Family, index);

    public static string EndpointOf(int family, int index) => Pick(family, $"192.0.2.{11 + index}", $"2001:db8:2::{11 + index}");

    /// <summary>Behind the gateway, whose MAC address is <see cref="ClientMac"/>.</summary>
    public static string FarEndpointOf(int family, int index = 0) => Pick(family, $"198.18.0.{11 + index}", $"2001:db8:18::{11 + index}");

    public static string NodeOf(int family) => Pick(family, $"192.0.2.1", $"2001:db8:2::1");

    public Service Service(ServiceProtocol protocol, int endpoints = 1, SelectionPolicy selection = SelectionPolicy.RoundRobin, string? vip = null, int first = 0)
    {
        var icmp = protocol == ServiceProtocol.Icmp;
        var port = icmp ? (ushort)0 : EndpointPort;
        return new Service
        {
            Key = new ServiceKey(IPAddress.Parse(vip ?? Vip), protocol, icmp ? (ushort)0 : Port),
            Selection = selection,
            Endpoints = [.. Enumerable.Range(first, endpoints).Select(i => new ServiceEndpoint(IPAddress.Parse(Endpoint(i)), port, 1))],
        };
    }

    public World With(params Service[] services)
    {
        Balancer.ApplyAsync(ServiceModel.Create(services)).AsTask().GetAwaiter().GetResult();
        return this;
    }

    /// <summary>Puts a service into the tables, whether this version's rules have it or not. Returns whether flows must look again.</summary>
    public bool Tables(Service service)
    {
        Balancer.Tables.Apply(service, static (_, _) => false);
        return Balancer.Tables.RetireOthers(service.Key);
    }

    public void Pools(params SourcePool[] pools) => Balancer.ApplySourcePoolsAsync(SourcePools.Create(pools)).AsTask().GetAwaiter().GetResult();

    public World WithTcp(int endpoints = 1, SelectionPolicy selection = SelectionPolicy.RoundRobin) => With(Service(ServiceProtocol.Tcp, endpoints, selection));

    public PacketBuilder ToVip(string? client = null, string? vip = null) => Packet.Ip(client ?? Client, vip ?? Vip).WithMacs(ClientMac, NodeMac);

    public PacketBuilder FromEndpoint(int index = 0, string? client = null) => Packet.Ip(Endpoint(index), client ?? Client).WithMacs(EndpointMac(index), NodeMac);

    public Outcome Send(PacketBuilder packet) => Send(packet.ToFrame());

    /// <summary>Runs the program. With a size of segments the frame is one that the device cuts later; only TC sees such.</summary>
    public Outcome Send(byte[] frame, int segmentSize = 0)
    {
        if (Hook == Hook.Xdp)
        {
            var xdp = XdpContext.For(frame.Length, Ingress);
            var ran = Xdp.Run(frame, _output, ref xdp);
            return new Outcome(XdpVerdict(ran.ReturnValue), frame, _output[..ran.DataLength], Reasons);
        }

        var skb = new SkBuffContext { IngressInterface = (uint)_interface, Interface = (uint)_interface, Mark = Mark };
        if (segmentSize > 0)
        {
            skb.GsoSize = (uint)segmentSize;
            skb.GsoSegments = (uint)((frame.Length + segmentSize - 1) / segmentSize);
        }

        HasSeenTags |= frame[12] is 0x81 or 0x88;
        var after = skb;
        var result = Tc.Run(frame, _output, new ProgramRunOptions
        {
            Context = Bytes(ref skb),
            ContextOutput = Bytes(ref after),
            Flags = HasSeenTags || !KeepsSum ? ProgramRunFlags.None : ChecksumRunFlag,
        });
        return new Outcome(TcVerdict(result.ReturnValue), frame, WithTag(_output[..result.DataLength], after), Reasons);
    }

    /// <summary>Runs the program on the same packet again and again; for packets that it leaves as they are. May run beside everything else.</summary>
    public void Repeat(byte[] frame, int times)
    {
        var output = new byte[frame.Length + 256];
        if (Hook == Hook.Xdp)
        {
            var xdp = XdpContext.For(frame.Length, Ingress);
            Xdp.Run(frame, output, ref xdp, times);
            return;
        }

        var skb = new SkBuffContext { IngressInterface = (uint)_interface, Interface = (uint)_interface };
        Tc.Run(frame, output, ref skb, times);
    }

    /// <summary>Makes entries look as if nothing had been heard for longer.</summary>
    public void Age(TimeSpan silence, Func<RawFlow, bool> which) => Change(which, flow => flow with { LastSeen = flow.LastSeen - (uint)FlowClock.ToTicks(silence) });

    /// <summary>Changes entries behind everybody's back.</summary>
    public void Change(Func<RawFlow, bool> which, Func<RawFlow, RawFlow> how)
    {
        Change(Maps.Flow4, which, how);
        Change(Maps.Flow6, which, how);
    }

    public ulong Count(RawReason reason)
    {
        var values = new RawReasonStats[Maps.ReasonStats.CpuCount];
        Maps.ReasonStats.TryLookup((uint)reason, values);
        return values.Aggregate(0UL, (sum, v) => sum + v.Packets);
    }

    /// <summary>A command of ip(8) in the world's namespace.</summary>
    public static void Ip(string command) => Shell.Run("ip", command.Split(' '));

    /// <summary>What a change of the network does: flows ask for their endpoint and next hop once more.</summary>
    public void LookAgain() => Maps.Control.Span[0].Generation++;

    /// <summary>What following the network does: an address is the node's own, or not any more.</summary>
    public void SetLocal(string address, bool local = true) => Balancer.Tables.Addresses.SetLocal(IPAddress.Parse(address), local);

    /// <summary>Everything that packets have left in the tables goes.</summary>
    public void ForgetPackets()
    {
        Balancer.Connections.Delete(_ => true);
        foreach (var (key, _) in Maps.Fragments.ToArray())
        {
            Maps.Fragments.TryDelete(key);
        }

        foreach (var (key, _) in Maps.Persist.ToArray())
        {
            Maps.Persist.TryDelete(key);
        }

        Vacate(Maps.Embryos4, Maps.Embryos.Span[0].Head);
        Vacate(Maps.Embryos6, Maps.Embryos.Span[1].Head);
        Maps.Embryos.Span.Clear();

        Maps.EndpointLoad.Span.Clear();
        TakePunts();
    }

    /// <summary>Reasons of the packets that were handed to user space since the last call.</summary>
    public IReadOnlyList<RawReason> TakePunts()
    {
        using var reader = new RingBufferReader(Maps.Punts);
        var reasons = new List<RawReason>();
        reader.Consume(record => reasons.Add((RawReason)MemoryMarshal.AsRef<RawPunt>(record).Reason));
        return reasons;
    }

    public void Dispose() => Balancer.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static void Vacate<TKey>(TypedMap<uint, TKey> ring, uint used)
        where TKey : unmanaged
    {
        for (uint i = 0; i < Math.Min(used, ring.Map.MaxEntries); i++)
        {
            ring.Update(i, default);
        }
    }

    private BpfProgram LoadXdp()
    {
        var program = Balancer.DataPlane.LoadXdp(Options);
        Balancer.DataPlane.AllowTransmit(_interface);
        return program;
    }

    private static Span<byte> Bytes(ref SkBuffContext context) => MemoryMarshal.AsBytes(new Span<SkBuffContext>(ref context));

    private static void Change<TKey>(TypedMap<TKey, RawFlow> flows, Func<RawFlow, bool> which, Func<RawFlow, RawFlow> how)
        where TKey : unmanaged
    {
        foreach (var (key, flow) in flows.ToArray().Where(e => which(e.Value)))
        {
            flows.Update(key, how(flow));
        }
    }

    private string Reasons() => string.Join(", ", Balancer.ReadReasons().Where(r => r.Packets > 0).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Name} {r.Packets}")));

    private static Verdict TcVerdict(uint value) => value switch
    {
        0 => Verdict.PassRewritten,
        2 => Verdict.Drop,
        7 => Verdict.Sent,
        uint.MaxValue => Verdict.Pass,
        _ => throw new InvalidOperationException($"verdict {value}: not one of TC"),
    };

    private static Verdict XdpVerdict(uint value) => value switch
    {
        1 => Verdict.Drop,
        2 => Verdict.Pass,
        3 or 4 => Verdict.Sent,
        _ => throw new InvalidOperationException($"verdict {value}: not one of XDP"),
    };

    /// <summary>The frame as the device would send it: the outermost tag of an skb is beside its data.</summary>
    private static byte[] WithTag(byte[] frame, SkBuffContext skb)
    {
        if (skb.VlanPresent == 0)
        {
            return frame;
        }

        var tag = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(tag, BinaryPrimitives.ReverseEndianness((ushort)skb.VlanProtocol));
        BinaryPrimitives.WriteUInt16BigEndian(tag.AsSpan(2), (ushort)skb.VlanTci);
        return [.. frame[..12], .. tag, .. frame[12..]];
    }

    private static void BuildNetwork()
    {
        foreach (var sysctl in (string[])["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"])
        {
            File.WriteAllText("/proc/sys/" + sysctl, "1");
        }

        List<string> commands =
        [
            $"link add v0 address {NodeMac} type veth peer name v1",
            "link set v0 up",
            "link set v1 up",
            "addr add 192.0.2.1/24 dev v0",
            "addr add 2001:db8:2::1/64 dev v0 nodad",
            "route add default via 192.0.2.2",
            "route add ::/0 via 2001:db8:2::2",
            $"neigh replace 192.0.2.2 lladdr {ClientMac} dev v0 nud permanent",
            $"neigh replace 2001:db8:2::2 lladdr {ClientMac} dev v0 nud permanent",
        ];
        for (var i = 0; i < 4; i++)
        {
            commands.Add($"neigh replace 192.0.2.{11 + i} lladdr {EndpointMac(i)} dev v0 nud permanent");
            commands.Add($"neigh replace 2001:db8:2::{11 + i} lladdr {EndpointMac(i)} dev v0 nud permanent");
        }

        Shell.RunWithInput("ip", string.Join('\n', commands.Select(c => c.Replace("-6 ", "", StringComparison.Ordinal))), "-batch", "-");
    }

    private static string Pick(int family, FormattableString v4, FormattableString v6) => FormattableString.Invariant(family == 4 ? v4 : v6);

    private string Pick(string v4, string v6) => Family == 4 ? v4 : v6;
}
