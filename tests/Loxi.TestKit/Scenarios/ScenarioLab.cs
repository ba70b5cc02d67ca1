using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Controller;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;

namespace Loxi.TestKit.Scenarios;

/// <summary>
/// The layout of loxilb's guide, its public addresses replaced by those for documentation:
/// <code>
/// llb1 .252, llb2 .253, ep1 .11, ep2 .12, ep3 .13, controller .9, probe .3 to .6, rogue .66: all at one switch, 192.168.80.0/24, interface eth0
/// scenario 1: client .100 at the same switch, VIP 192.168.80.200
/// scenarios 2, 3, 4: client 198.51.100.10 -- 198.51.100.1 router (AS 65101) 192.168.80.254 at the switch, nodes AS 65100, VIP 203.0.113.1
/// scenario 5: as 1; in default mode the client is 198.51.100.10 behind that router, without BGP
/// </code>
/// The switch is a bridge that learns MAC addresses. Endpoints serve HTTP on 8080, TCP echo on 7 and UDP echo on 5353; the VIP has them on 80, 7 and 53.
/// In scenarios 4 and 5 datagrams are one-arm all the same, to see which node carries them, and the VIP has UDP echo in the mode of the others on 54.
/// In default mode endpoints answer clients through 192.168.80.250, which moves with the VIP.
/// </summary>
public sealed partial class ScenarioLab : IAsyncDisposable
{
    public const string Subnet = "192.168.80.0/24";
    public const string RouterAddress = "198.51.100.1";

    /// <summary>The router at the switch.</summary>
    public const string InnerRouterAddress = "192.168.80.254";
    public const int NodeAs = 65100;
    public const int RouterAs = 65101;
    private const int OneArm = 1;
    private const string Switch = "switch";
    private const string Bridge = "br0";

    private readonly List<IAsyncDisposable> _servers = [];
    private string[] _pins = [];

    private ScenarioLab(ScenarioOptions options)
    {
        Options = options;
        Lab = Lab.Create(options.Keep);
    }

    public ScenarioOptions Options { get; }

    public Lab Lab { get; }

    /// <summary>The address that endpoints answer clients through, in default mode.</summary>
    public const string Gateway = "192.168.80.250";

    /// <summary>Whether clients are behind a router.</summary>
    public bool HasRouter => HasBgp || Options.HasGateway;

    /// <summary>Whether nodes and router speak BGP.</summary>
    public bool HasBgp => Options.Kind is not (ScenarioKind.FlatL2 or ScenarioKind.FastFailoverSync);

    public IPAddress Vip => IPAddress.Parse(HasBgp ? "203.0.113.1" : Options.IPv6 ? "2001:db8:80::200" : "192.168.80.200");

    /// <summary>The VIP of IPv4 beside one of IPv6; null without <see cref="ScenarioOptions.IPv6"/>.</summary>
    public IPAddress? SecondVip => Options.IPv6 ? IPAddress.Parse("192.168.80.200") : null;

    public IPEndPoint Web => new(Vip, 80);

    public IPEndPoint Echo => new(Vip, 7);

    public IPEndPoint Datagrams => new(Vip, 53);

    /// <summary>Datagrams of connections that are kept alike, in scenarios 4 and 5.</summary>
    public IPEndPoint Flows => new(Vip, 54);

    public IReadOnlyList<ScenarioNode> Nodes { get; private set; } = [];

    public LabHost Client { get; private set; } = null!;

    /// <summary>The third host of measurements at the switch.</summary>
    public LabHost Probe { get; private set; } = null!;

    /// <summary>Addresses of <see cref="Probe"/> to ask from for <see cref="Vip"/>.</summary>
    public IReadOnlyList<IPAddress> ProbeAddresses => ProbeAddressesOf(Vip.AddressFamily);

    /// <summary>The host that may claim the VIP without right.</summary>
    public LabHost Rogue { get; private set; } = null!;

    /// <summary>The router's daemon; null where there is none, and with <see cref="ScenarioOptions.Bird"/>.</summary>
    public FrrPeer? Router { get; private set; }

    /// <summary>The router's daemon with <see cref="ScenarioOptions.Bird"/>.</summary>
    public BirdPeer? Bird { get; private set; }

    /// <summary>What the router knows, for messages; empty where there is none.</summary>
    public string RouterState => Router is { } frr ? $"{frr.Ask("show bgp summary")}\n{frr.Ask("show bgp ipv4 unicast")}"
        : Bird is { } bird ? $"{bird.Ask("show", "protocols", "all")}\n{bird.Ask("show", "route", "all")}" : "";

    /// <summary>The controller; null until <see cref="StartAsync"/>.</summary>
    public ControllerStandIn? Controller { get; private set; }

    /// <summary>The names of the nodes by the address that endpoints see.</summary>
    public IReadOnlyDictionary<string, string> Carriers => Nodes.ToDictionary(node => Options.IPv6 ? NodeAddressV6(node.Index) : node.Address, static node => node.Name);

    public static string NodeAddressV6(int index) => string.Create(CultureInfo.InvariantCulture, $"2001:db8:80::{252 + index}");

    /// <summary>Addresses of <see cref="Probe"/> of a family, where the lab has it.</summary>
    public static IReadOnlyList<IPAddress> ProbeAddressesOf(AddressFamily family)
        => [.. Enumerable.Range(3, 4).Select(i => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"{(family == AddressFamily.InterNetwork ? "192.168.80." : "2001:db8:80::")}{i}")))];

    public static string NodeAddress(int index) => string.Create(CultureInfo.InvariantCulture, $"192.168.80.{252 + index}");

    /// <summary>Address of a node on the link between the nodes.</summary>
    public static string PeerLinkAddress(int index) => string.Create(CultureInfo.InvariantCulture, $"192.168.81.{252 + index}");

    private static string PeerLinkAddressV6(int index) => string.Create(CultureInfo.InvariantCulture, $"2001:db8:81::{252 + index}");

    /// <summary>The flags of nodes that decide themselves, over the switch and over the link of their own.</summary>
    public static IReadOnlyList<string> PeerFlags(int index)
    {
        var other = 1 - index;
        return [$"--self={index}", $"--cluster={other}@{NodeAddress(other)},{other}@{PeerLinkAddress(other)}"];
    }

    /// <summary>The flags of nodes that decide themselves, as they are in this lab: by one way where they are <see cref="ScenarioOptions.Apart"/>.</summary>
    public IReadOnlyList<string> FlagsOfPeers(int index) => Options.Apart ? [$"--self={index}", $"--cluster={1 - index}@{AddressOf(1 - index)}"] : PeerFlags(index);

    /// <summary>The same by IPv6.</summary>
    public static IReadOnlyList<string> PeerFlagsV6(int index)
    {
        var other = 1 - index;
        return [$"--self={index}", $"--cluster={other}@{NodeAddressV6(other)},{other}@{PeerLinkAddressV6(other)}"];
    }

    /// <summary>Builds the hosts; nothing runs on them yet.</summary>
    public static Task<ScenarioLab> CreateAsync(ScenarioOptions options) => Task.Run(async () =>
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options is { IPv6: true, Kind: not ScenarioKind.FlatL2 })
        {
            throw new ArgumentException($"IPv6 in {options.Kind}: expected {ScenarioKind.FlatL2}", nameof(options));
        }

        if (options is { Apart: true } and (not { Kind: ScenarioKind.ActiveBackupBgp } or { PeerLink: true }))
        {
            throw new ArgumentException($"nodes apart in {options.Kind}{(options.PeerLink ? " with a link between them" : "")}: expected {ScenarioKind.ActiveBackupBgp} without", nameof(options));
        }

        if (options.IsSynced ? options.ServiceMode is not (0 or 2) : options.ServiceMode == 0)
        {
            throw new ArgumentException($"service mode {options.ServiceMode} in {options.Kind}: expected {(options.IsSynced ? "0 (default) or 2 (full NAT)" : "1 (one-arm) or 2 (full NAT)")}", nameof(options));
        }

        var lab = new ScenarioLab(options);
        try
        {
            lab.Build();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    });

    /// <summary>Starts servers, router, nodes and controller; ends when the controller has told the nodes everything.</summary>
    public async Task StartAsync()
    {
        foreach (var endpoint in Endpoints)
        {
            _servers.Add(HttpServer.Start(endpoint, new() { Name = endpoint.Name, Ports = [8080] }));
            _servers.Add(Options.EchoProcesses ? await LabServers.StartTcpEchoAsync(endpoint, 7) : TcpEchoServer.Start(endpoint, new() { Name = endpoint.Name, Ports = [7] }));
            _servers.Add(UdpEchoServer.Start(endpoint, new() { Name = endpoint.Name, Ports = [5353] }));
        }

        if (((RoutingPeer?)Router ?? Bird) is { } router)
        {
            await router.StartAsync();
        }

        if (Options.IsSynced)
        {
            _pins = await Task.WhenAll(Nodes.Select(static node => node.ReadPinAsync()));
        }

        await Task.WhenAll(Nodes.Select(node => StartNodeAsync(node.Index)));
        if (Options.HasGateway)
        {
            await Task.WhenAll(Nodes.Select(static node => node.PutPoolAsync("gateway", Gateway)));
        }

        Controller = await ControllerStandIn.StartAsync(
            new()
            {
                Nodes = [.. Nodes.Select(static node => new ControllerNode(node.Name, node.Address, new Uri($"http://{node.Address}:11111")))],
                Seed = Options.Seed,
                SetRoles = Options.ControllerRoles && Options.Kind != ScenarioKind.ActiveActiveBgp,
                RoleVip = Options.RoleVip,
                Election = Options.Election,
                AnyOrder = Options.AnyOrder,
                Bgp = HasBgp ? new() { LocalAs = NodeAs, Mesh = true, ExternalPeers = [new(RouterAddress, RouterAs)] } : null,
            },
            node => new HttpClient(ScenarioNode.Handler(Lab["controller"])) { Timeout = Timeout.InfiniteTimeSpan },
            Services());
        if (Controller.Refusals is [var refusal, ..])
        {
            throw new LabException($"a node refuses what the controller posts: {refusal}");
        }

        if (HasBgp && Options.RouterBfd)
        {
            await Task.WhenAll(Nodes.Select(FollowRouterAsync));
        }
    }

    /// <summary>Starts a node's process with the flags of the guide and those of the options; ends when it is ready.</summary>
    public Task StartNodeAsync(int index) => Nodes[index].StartAsync(
        [.. GuideFlags(index), .. Options.NodeFlags(index)],
        Options.NodeEnvironment(index));

    /// <summary>The flags that the guide has in this scenario, and in scenarios 4 and 5 behind them what Loxi wants beside: the pin of the other node.</summary>
    public IReadOnlyList<string> GuideFlags(int index)
    {
        var (self, peer) = (AddressOf(index), AddressOf(1 - index));
        return Options.Kind switch
        {
            ScenarioKind.ActiveBackupSync => [$"--cluster={peer}", $"--self={index}", "-b", .. SyncFlags(index)],
            ScenarioKind.FastFailoverSync => [$"--cluster={peer}", $"--self={index}", $"--ka={peer}:{self}", .. SyncFlags(index)],
            _ => ["--egr-hooks", "--blacklist=cni[0-9a-z]|veth.|flannel.", .. HasBgp ? ["--bgp"] : (string[])[]],
        };
    }

    private string[] SyncFlags(int index) => [$"--ha-sync={_pins[1 - index]}"];

    /// <summary>The nodes that the router's kernel forwards to for the VIP.</summary>
    public IReadOnlyList<string> ReadNextHops()
    {
        var route = Lab["router"].Ip($"route show {Vip}/32");
        return [.. Nodes.Where(node => route.Contains($"via {node.Address} ", StringComparison.Ordinal)).Select(static node => node.Name)];
    }

    /// <summary>Waits until the router knows the ways by both nodes; nothing to wait for where there is none.</summary>
    /// <exception cref="TimeoutException">It does not in time.</exception>
    public async Task WaitForPathsAsync()
    {
        for (var begin = LabClock.Now; HasBgp;)
        {
            var answer = Router?.Ask("show bgp ipv4 unicast") ?? Bird!.Ask("show", "route", "all", "where", "net", "=", $"{Vip}/32");
            if (Nodes.All(node => answer.Contains(node.Address, StringComparison.Ordinal)))
            {
                return;
            }

            if (LabClock.Now - begin > TimeSpan.FromSeconds(40))
            {
                throw new TimeoutException($"the router does not know both ways to {Vip}:\n{answer}\n{RouterState}\n{Nodes[0].Daemon.Tail()}");
            }

            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Controller is not null)
        {
            await Controller.DisposeAsync();
        }

        foreach (var node in Nodes)
        {
            node.Dispose();
        }

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await Lab.DisposeAsync();
    }

    private IEnumerable<ControllerService> Services()
    {
        foreach (var vip in SecondVip is { } second ? [Vip, second] : (IPAddress[])[Vip])
        {
            var isV6 = vip.AddressFamily == AddressFamily.InterNetworkV6;
            var flows = Options.IsSynced ? [("flows", "udp", 54, 5353)] : ((string, string, int, int)[])[];
            foreach (var (name, protocol, port, target) in (IEnumerable<(string, string, int, int)>)[("web", "tcp", 80, 8080), ("echo", "tcp", 7, 7), ("datagrams", "udp", 53, 5353), .. flows])
            {
                yield return new()
                {
                    Name = $"default_{name}{(isV6 ? "6" : "")}",
                    ExternalIP = vip.ToString(),
                    Port = port,
                    Protocol = protocol,
                    Mode = name == "echo" && Options.EchoMode is { } mode ? mode : name == "datagrams" && Options.IsSynced ? OneArm : Options.ServiceMode,
                    Bgp = HasBgp,
                    Endpoints = [.. Endpoints.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"{(isV6 ? EndpointAddressV6(i) : EndpointAddress(i))}:{target}"))],
                };
            }
        }
    }

    /// <summary>What the guide has no word for: the session to the router follows BFD.</summary>
    private static async Task FollowRouterAsync(ScenarioNode node)
    {
        await node.PostAsync("config/bfd", new { instance = "llb-inst0", remoteIp = RouterAddress, sourceIp = node.Address, interval = 100_000, retryCount = 3 });
        await node.PostAsync("config/bgp/neigh", new { ipAddress = RouterAddress, remoteAs = RouterAs, bfd = "follow" });
    }
}
