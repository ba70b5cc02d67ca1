using System.Globalization;
using System.Net;
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
    public const string RouterId = "192.168.80.254";
    public const int LoadConnections = 8;
    private const int NodeAs = 65100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly int _routerAs;
    private readonly bool _isIpv6;
    private readonly Lab _lab = Lab.Create();
    private readonly HttpServer _server;
    private readonly IBgpRouter _router;

    /// <param name="isInternal">Whether the router is of the nodes' AS.</param>
    /// <param name="isBird">BIRD instead of FRR.</param>
    /// <param name="isIpv6">VIP, sessions, client and endpoint by IPv6 instead of IPv4.</param>
    public BgpLab(bool isInternal = false, bool isBird = false, bool isIpv6 = false)
    {
        _routerAs = isInternal ? NodeAs : NodeAs + 1;
        _isIpv6 = isIpv6;
        Client = _lab.AddHost("client");
        Router = _lab.AddHost("router");
        var (first, second, endpoint) = (_lab.AddHost("llb1"), _lab.AddHost("llb2"), _lab.AddHost("ep"));
        _lab.Connect(Client, "eth0", Router, "eth0");
        Client.AddAddress("eth0", "198.18.0.10/24", "2001:db8:18::10/64");
        Client.IpBatch("route add 203.0.113.10/32 via 198.18.0.1", "route add 2001:db8:113::10/128 via 2001:db8:18::1");
        Router.AddAddress("eth0", "198.18.0.1/24", "2001:db8:18::1/64");
        Router.AddBridge("br0");
        Router.AddAddress("br0", "192.168.80.254/24", "2001:db8:80::fe/64");
        Router.Sysctl("net.ipv4.ip_forward", "1");
        Router.Sysctl("net.ipv6.conf.all.forwarding", "1");
        // By ports too: one client must reach both nodes.
        Router.Sysctl("net.ipv4.fib_multipath_hash_policy", "1");
        endpoint.AddBridge("br0");
        endpoint.AddAddress("br0", "192.0.2.11/24", "2001:db8:2::11/64");
        foreach (var (index, host) in new[] { first, second }.Index())
        {
            _lab.Connect(host, "eth0", Router, $"port{index}");
            _lab.Connect(host, "eth1", endpoint, $"port{index}");
            Router.AttachToBridge("br0", $"port{index}");
            endpoint.AttachToBridge("br0", $"port{index}");
            host.AddAddress("eth0", $"192.168.80.{index + 1}/24", $"2001:db8:80::{index + 1}/64");
            host.AddAddress("eth1", $"192.0.2.{index + 1}/24", $"2001:db8:2::{index + 1}/64");
            host.IpBatch("route add 198.18.0.0/24 via 192.168.80.254", "route add 2001:db8:18::/64 via 2001:db8:80::fe");
        }

        Nodes = [new Node(first), new Node(second)];
        _server = HttpServer.Start(endpoint, new ServerOptions { Name = "ep", Addresses = [IPAddress.Parse(Endpoint)], Ports = [8080] });
        string[] nodes = [AddressOf(0), AddressOf(1)];
        _router = isBird
            ? new BirdRouter(Router, _routerAs, RouterAddress, Learned, nodes, NodeAs, isIpv6)
            : new FrrRouter(Router, _routerAs, Learned, nodes, NodeAs, isIpv6);
    }

    public string Vip => _isIpv6 ? "2001:db8:113::10" : "203.0.113.10";

    /// <summary>What the router announces.</summary>
    public string Learned => _isIpv6 ? "2001:db8:51::/48" : "198.51.100.0/24";

    public string RouterAddress => _isIpv6 ? "2001:db8:80::fe" : RouterId;

    public LabHost Client { get; }

    public LabHost Router { get; }

    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The router's FRR.</summary>
    public FrrPeer Frr => ((FrrRouter)_router).Frr;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Endpoint => _isIpv6 ? "2001:db8:2::11" : "192.0.2.11";

    public string AddressOf(int node) => string.Create(CultureInfo.InvariantCulture, $"{(_isIpv6 ? "2001:db8:80::" : "192.168.80.")}{node + 1}");

    /// <summary>The address that the endpoint sees a client of a node with.</summary>
    public string SourceOf(int node) => string.Create(CultureInfo.InvariantCulture, $"{(_isIpv6 ? "2001:db8:2::" : "192.0.2.")}{node + 1}");

    /// <summary>Starts both nodes with their sessions to the router, and one to each other when they shall have it as kube-loxilb makes it; ends when all are Established.</summary>
    public async Task StartAsync(bool mesh = false, params string[] flags)
    {
        await _router.StartAsync();
        await Task.WhenAll(Nodes.Select(node => node.StartAsync(["--bgp", .. flags])));
        for (var i = 0; i < Nodes.Count; i++)
        {
            var api = Nodes[i].Api;
            await api.PutBgpGlobalAsync(new BgpGlobalArguments { LocalAs = NodeAs, RouterId = $"192.168.80.{i + 1}", RestartTime = 5 }, Cancellation);
            await api.PutBgpNeighborAsync(new BgpNeighborArguments { IPAddress = RouterAddress, RemoteAs = _routerAs, HoldTime = 3 }, Cancellation);
            if (mesh)
            {
                await api.PutBgpNeighborAsync(new BgpNeighborArguments { IPAddress = AddressOf(1 - i), RemoteAs = NodeAs }, Cancellation);
            }

            await api.CreateOrReplaceServiceAsync(new LoadbalanceEntry
            {
                ServiceArguments = new LoadbalanceArguments { ExternalIP = Vip, Port = Scenario.Port, Protocol = "tcp", Mode = 1, Bgp = true },
                Endpoints = [new LoadbalanceEndpoint { EndpointIP = Endpoint, TargetPort = 8080, Weight = 1 }],
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
        Nodes[node].Api.SetEndpointStateAsync(new EndpointHostState { HostName = Endpoint, EndpointPort = 8080, EndpointProtocol = "tcp", State = state }, Cancellation);

    /// <summary>Waits until the router forwards to these nodes, in its kernel.</summary>
    public Task WaitForNextHopsAsync(params int[] nodes) => Scenario.WaitUntilAsync(
        () =>
        {
            var route = Router.Ip($"{(_isIpv6 ? "-6 " : "")}route show {Vip}");
            return Task.FromResult((Enumerable.Range(0, 2).All(i => HopsOf(i).Any(hop => route.Contains($"via {hop} ", StringComparison.Ordinal)) == nodes.Contains(i)), $"{route}\n{_router.Describe()}"));
        },
        Patience);

    /// <summary>Waits until the router holds these paths to the VIP, of the first node and of the second; null for none.</summary>
    public Task WaitForPathsAsync(string? first, string? second) => Scenario.WaitUntilAsync(
        () =>
        {
            var paths = _router.ReadPaths(Vip + (_isIpv6 ? "/128" : "/32"));
            var found = (paths.GetValueOrDefault(AddressOf(0)), paths.GetValueOrDefault(AddressOf(1)));
            return Task.FromResult((found == (first, second), $"{found}, wanted {(first, second)}\n{_router.Describe()}"));
        },
        Patience);

    /// <summary>Routers put a link-local address into the kernel where they have learned one beside the global one.</summary>
    private IEnumerable<string> HopsOf(int node) => !_isIpv6
        ? [AddressOf(node)]
        : [AddressOf(node), .. Nodes[node].Host.Ip("-6 -o addr show dev eth0 scope link").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split("inet6 ")[1].Split('/')[0])];

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
