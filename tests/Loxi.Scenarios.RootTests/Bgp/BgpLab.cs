using System.Globalization;
using System.Net;
using System.Text.Json;
using Loxi.Api.Wire;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Bgp;

/// <summary>
/// Two nodes of AS 65100 between a router (FRR, AS 65101, or of their AS) with a client behind it, and an endpoint: the layout of scenarios 2 and 3 of loxilb's guide. The VIP
/// is on no interface: where it is, only BGP says.
/// </summary>
internal sealed class BgpLab : IAsyncDisposable
{
    public const string Vip = "203.0.113.10";
    /// <summary>What the router announces.</summary>
    public const string Learned = "198.51.100.0/24";
    public const string RouterAddress = "192.168.80.254";
    public const int LoadConnections = 8;
    private const int NodeAs = 65100;
    private readonly int _routerAs;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly Lab _lab = Lab.Create();
    private readonly HttpServer _server;

    public BgpLab(bool isInternal = false)
    {
        _routerAs = isInternal ? NodeAs : NodeAs + 1;
        Client = _lab.AddHost("client");
        Router = _lab.AddHost("router");
        var (first, second, endpoint) = (_lab.AddHost("llb1"), _lab.AddHost("llb2"), _lab.AddHost("ep"));
        _lab.Connect(Client, "eth0", Router, "eth0");
        Client.AddAddress("eth0", "198.18.0.10/24");
        Client.Ip($"route add {Vip}/32 via 198.18.0.1");
        Router.AddAddress("eth0", "198.18.0.1/24");
        Router.AddBridge("br0");
        Router.AddAddress("br0", $"{RouterAddress}/24");
        Router.Sysctl("net.ipv4.ip_forward", "1");
        // By ports too: one client must reach both nodes.
        Router.Sysctl("net.ipv4.fib_multipath_hash_policy", "1");
        endpoint.AddBridge("br0");
        endpoint.AddAddress("br0", "192.0.2.11/24");
        foreach (var (index, host) in new[] { first, second }.Index())
        {
            _lab.Connect(host, "eth0", Router, $"port{index}");
            _lab.Connect(host, "eth1", endpoint, $"port{index}");
            Router.AttachToBridge("br0", $"port{index}");
            endpoint.AttachToBridge("br0", $"port{index}");
            host.AddAddress("eth0", $"{AddressOf(index)}/24");
            host.AddAddress("eth1", $"192.0.2.{index + 1}/24");
            host.Ip($"route add 198.18.0.0/24 via {RouterAddress}");
        }

        Nodes = [new Node(first), new Node(second)];
        _server = HttpServer.Start(endpoint, new ServerOptions { Name = "ep", Addresses = [IPAddress.Parse("192.0.2.11")], Ports = [8080] });
        Frr = new FrrPeer(Router);
        var neighbours = string.Concat(Enumerable.Range(0, 2).Select(static i => $"""
             neighbor {AddressOf(i)} remote-as {NodeAs}
             neighbor {AddressOf(i)} timers 1 3
             neighbor {AddressOf(i)} timers connect 1

            """));
        Frr.Configure("bgpd", $"""
            router bgp {_routerAs}
             bgp router-id {RouterAddress}
             no bgp ebgp-requires-policy
             no bgp network import-check
            {neighbours}
             address-family ipv4 unicast
              maximum-paths 8
              network {Learned}
             exit-address-family
            exit

            """);
    }

    public LabHost Client { get; }

    public LabHost Router { get; }

    public IReadOnlyList<Node> Nodes { get; }

    public FrrPeer Frr { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static string AddressOf(int node) => string.Create(CultureInfo.InvariantCulture, $"192.168.80.{node + 1}");

    /// <summary>The address that the endpoint sees a client of a node with.</summary>
    public static string SourceOf(int node) => string.Create(CultureInfo.InvariantCulture, $"192.0.2.{node + 1}");

    /// <summary>Starts both nodes with their sessions to the router, and one to each other when they shall have it as kube-loxilb makes it; ends when all are Established.</summary>
    public async Task StartAsync(bool mesh = false, params string[] flags)
    {
        await Frr.StartAsync();
        await Task.WhenAll(Nodes.Select(node => node.StartAsync(["--bgp", .. flags])));
        for (var i = 0; i < Nodes.Count; i++)
        {
            var api = Nodes[i].Api;
            await api.PutBgpGlobalAsync(new BgpGlobalArguments { LocalAs = NodeAs, RouterId = AddressOf(i), RestartTime = 5 }, Cancellation);
            await api.PutBgpNeighborAsync(new BgpNeighborArguments { IPAddress = RouterAddress, RemoteAs = _routerAs, HoldTime = 3 }, Cancellation);
            if (mesh)
            {
                await api.PutBgpNeighborAsync(new BgpNeighborArguments { IPAddress = AddressOf(1 - i), RemoteAs = NodeAs }, Cancellation);
            }

            await api.CreateOrReplaceServiceAsync(new LoadbalanceEntry
            {
                ServiceArguments = new LoadbalanceArguments { ExternalIP = Vip, Port = Scenario.Port, Protocol = "tcp", Mode = 1, Bgp = true },
                Endpoints = [new LoadbalanceEndpoint { EndpointIP = "192.0.2.11", TargetPort = 8080, Weight = 1 }],
            });
        }

        foreach (var node in Nodes)
        {
            await Scenario.WaitUntilAsync(
                async () =>
                {
                    var peers = await node.Api.ListBgpPeersAsync(Cancellation);
                    return (peers.Count == (mesh ? 2 : 1) && peers.All(static p => p.State == "established"), $"{node.Host.Name}: {string.Join("; ", peers)}\n{node.Daemon.Tail()}");
                },
                Patience);
        }
    }

    /// <summary>Lets a node use what the router tells.</summary>
    public Task AcceptRoutesAsync(int node)
        => Nodes[node].Api.PutBgpNeighborAsync(new BgpNeighborArguments { IPAddress = RouterAddress, RemoteAs = _routerAs, HoldTime = 3, ImportDefault = "accept" }, Cancellation);

    /// <summary>Waits until a node has, or has not, the learned route in its kernel.</summary>
    public Task WaitForLearnedAsync(int node, bool isThere) => Scenario.WaitUntilAsync(
        () =>
        {
            var routes = Nodes[node].Host.Ip("route show proto 76");
            return Task.FromResult((routes.Contains(Learned, StringComparison.Ordinal) == isThere, $"{routes}\n{Nodes[node].Daemon.Tail()}"));
        },
        Patience);

    public Task SetRoleAsync(int node, string state) => Nodes[node].Api.SetClusterStateAsync(new ClusterState { Instance = "llb-inst0", State = state, Vip = "0.0.0.0" }, Cancellation);

    /// <summary>Takes the endpoint out of a node's services by hand, or gives it back.</summary>
    public Task SetEndpointAsync(int node, string state) =>
        Nodes[node].Api.SetEndpointStateAsync(new EndpointHostState { HostName = "192.0.2.11", EndpointPort = 8080, EndpointProtocol = "tcp", State = state }, Cancellation);

    /// <summary>Waits until the router forwards to these nodes, in its kernel.</summary>
    public Task WaitForNextHopsAsync(params int[] nodes) => Scenario.WaitUntilAsync(
        () =>
        {
            var route = Router.Ip($"route show {Vip}/32");
            return Task.FromResult((Enumerable.Range(0, 2).All(i => route.Contains($"via {AddressOf(i)} ", StringComparison.Ordinal) == nodes.Contains(i)), $"{route}\n{Frr.Ask("show bgp ipv4 unicast")}"));
        },
        Patience);

    /// <summary>The paths that the router holds to the VIP, by node.</summary>
    public IReadOnlyDictionary<string, JsonElement> ReadPaths()
        => Frr.AskJson($"show bgp ipv4 unicast {Vip}/32 json") is var route && route.TryGetProperty("paths", out var paths)
            ? paths.EnumerateArray().ToDictionary(static path => path.GetProperty("peer").GetProperty("peerId").GetString()!)
            : new Dictionary<string, JsonElement>();

    /// <summary>HTTP from the client to the VIP, a connection for each request.</summary>
    public Load StartLoad(long? requests = null) => Load.StartHttp(Client, new LoadOptions
    {
        Target = new IPEndPoint(IPAddress.Parse(Vip), Scenario.Port),
        Connections = LoadConnections,
        KeepAlive = false,
        Interval = TimeSpan.FromMilliseconds(20),
        Timeout = TimeSpan.FromSeconds(1),
        MaxRequests = requests,
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            node.Dispose();
        }

        await _server.DisposeAsync();
        await _lab.DisposeAsync();
    }
}
