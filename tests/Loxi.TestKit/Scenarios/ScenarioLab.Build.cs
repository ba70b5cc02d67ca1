using System.Globalization;
using System.Net.Sockets;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Scenarios;

public sealed partial class ScenarioLab
{
    private const int EndpointCount = 3;
    private const int FullNat = 2;

    /// <summary>The router on the link of the second node, where it has its own.</summary>
    private const string FarRouterAddress = "192.168.82.254";

    private IReadOnlyList<LabHost> Endpoints { get; set; } = [];

    private static string EndpointAddressV6(int index) => string.Create(CultureInfo.InvariantCulture, $"2001:db8:80::{11 + index}");

    /// <summary>Address of an endpoint, 0 or more.</summary>
    public static string EndpointAddress(int index) => string.Create(CultureInfo.InvariantCulture, $"192.168.80.{11 + index}");

    private void Build()
    {
        Lab.AddHost(Switch).AddBridge(Bridge);
        Nodes = [.. Enumerable.Range(0, 2).Select(BuildNode)];
        Endpoints = [.. Enumerable.Range(0, EndpointCount).Select(i => AtSwitch(string.Create(CultureInfo.InvariantCulture, $"ep{i + 1}"), WithV6($"{EndpointAddress(i)}/24", EndpointAddressV6(i))))];
        AtSwitch("controller", "192.168.80.9/24");
        Probe = AtSwitch("probe", [
            .. ProbeAddressesOf(AddressFamily.InterNetwork).Select(static address => $"{address}/24"),
            .. Options.IPv6 ? ProbeAddressesOf(AddressFamily.InterNetworkV6).Select(static address => $"{address}/64") : [],
        ]);
        Rogue = AtSwitch("rogue", "192.168.80.66/24");
        if (Options.PeerLink)
        {
            Lab.Connect(Nodes[0].Host, "eth1", Nodes[1].Host, "eth1");
            foreach (var node in Nodes)
            {
                node.Host.AddAddress("eth1", WithV6($"{PeerLinkAddress(node.Index)}/24", PeerLinkAddressV6(node.Index)));
            }
        }

        if (HasRouter)
        {
            BuildRouter();
            RouteEndpoints();
        }
        else
        {
            Client = AtSwitch("client", WithV6("192.168.80.100/24", "2001:db8:80::100"));
        }
    }

    /// <summary>Address of a node in this lab.</summary>
    private string AddressOf(int index) => Options.Apart && index == 1 ? "192.168.82.253" : NodeAddress(index);

    private ScenarioNode BuildNode(int index)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"llb{index + 1}");
        return new(Options.Apart && index == 1 ? Lab.AddHost(name) : AtSwitch(name, WithV6($"{NodeAddress(index)}/24", NodeAddressV6(index))), index, AddressOf(index));
    }

    private string[] WithV6(string address, string addressV6) => Options.IPv6 ? [address, $"{addressV6}/64"] : [address];

    private LabHost AtSwitch(string name, params string[] addresses)
    {
        var host = Lab.AddHost(name);
        Lab.Connect(host, "eth0", Lab[Switch], name);
        Lab[Switch].AttachToBridge(Bridge, name);
        host.AddAddress("eth0", addresses);
        return host;
    }

    private void BuildRouter()
    {
        var router = AtSwitch("router", $"{InnerRouterAddress}/24");
        Client = Lab.AddHost("client");
        Lab.Connect(Client, "eth0", router, "eth1");
        Client.AddAddress("eth0", "198.51.100.10/24");
        router.AddAddress("eth1", $"{RouterAddress}/24");
        router.Sysctl("net.ipv4.ip_forward", "1");
        foreach (var scope in new[] { "all", "eth0" })
        {
            // Endpoints that answer to the VIP through the router must not be told to go to one of the nodes themselves: it may die.
            router.Sysctl($"net.ipv4.conf.{scope}.send_redirects", "0");
        }

        // By ports too: one client must reach both nodes.
        router.Sysctl("net.ipv4.fib_multipath_hash_policy", "1");
        Client.Ip($"route add {Vip}/32 via {RouterAddress}");
        if (Options.Apart)
        {
            PutApart(router, Nodes[1].Host);
        }

        foreach (var node in Nodes)
        {
            node.Host.Ip($"route add 198.51.100.0/24 via {(Options.Apart && node.Index == 1 ? FarRouterAddress : InnerRouterAddress)}");
        }

        if (HasBgp)
        {
            ConfigureRouter(router);
        }
    }

    /// <summary>A link of its own between the router and a node; everybody at the switch knows the way there, and the node the way back.</summary>
    private void PutApart(LabHost router, LabHost node)
    {
        Lab.Connect(node, "eth0", router, "eth2");
        node.AddAddress("eth0", $"{AddressOf(1)}/24");
        router.AddAddress("eth2", $"{FarRouterAddress}/24");
        node.Ip($"route add {Subnet} via {FarRouterAddress}");
        foreach (var host in (LabHost[])[Nodes[0].Host, .. Endpoints, Lab["controller"]])
        {
            host.Ip($"route add 192.168.82.0/24 via {InnerRouterAddress}");
        }
    }

    /// <summary>Endpoints answer a client's address through the gateway that moves with the VIP, and a VIP that is no address of their subnet through the router.</summary>
    private void RouteEndpoints()
    {
        foreach (var endpoint in Options.IsSynced || Options.EchoMode == FullNat ? Endpoints : [])
        {
            endpoint.Ip(Options.HasGateway ? $"route add 198.51.100.0/24 via {Gateway}" : $"route add {Vip}/32 via {InnerRouterAddress}");
        }
    }

    private void ConfigureRouter(LabHost router)
    {
        if (Options.Bird)
        {
            ConfigureBird(router);
            return;
        }

        Router = new FrrPeer(router) { IsRealTime = true };
        // Its address is on the far side of it, as in the guide: BFD takes that for two hops, and only then asks for no interface of its own.
        var neighbours = string.Concat(Nodes.Select(node => $"""
             neighbor {node.Address} remote-as {NodeAs}
             neighbor {node.Address} update-source {RouterAddress}
             neighbor {node.Address} ebgp-multihop 2
             neighbor {node.Address} timers 1 3
             neighbor {node.Address} timers connect 1
            {(Options.RouterBfd ? $" neighbor {node.Address} bfd 3 100 100" : "!")}

            """));
        Router.Configure("bgpd", $"""
            router bgp {RouterAs}
             bgp router-id {RouterAddress}
             no bgp ebgp-requires-policy
            {neighbours}
             address-family ipv4 unicast
              maximum-paths 8
             exit-address-family
            exit

            """);
        if (Options.RouterBfd)
        {
            Router.Configure("bfdd", "bfd\nexit\n");
        }
    }

    /// <summary>The same as for FRR.</summary>
    private void ConfigureBird(LabHost router)
    {
        Bird = new BirdPeer(router) { IsRealTime = true };
        var sessions = string.Concat(Nodes.Select(node => $$"""
            protocol bgp node{{node.Index}} {
              local {{RouterAddress}} as {{RouterAs}}; neighbor {{node.Address}} as {{NodeAs}}; multihop 2;
              hold time 3; connect delay time 1; connect retry time 1; error wait time 1,2; {{(Options.RouterBfd ? "bfd on;" : "")}}
              ipv4 { import all; export none; };
            }

            """));
        Bird.Configure($$"""
            protocol bfd { multihop { interval 100 ms; multiplier 3; }; }
            protocol direct { ipv4; }
            protocol kernel { ipv4 { import none; export where source = RTS_BGP; }; merge paths on limit 8; }
            {{sessions}}
            """, RouterAddress);
    }
}
