using System.Globalization;
using System.Net.Sockets;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Scenarios;

public sealed partial class ScenarioLab
{
    private const int EndpointCount = 3;

    private IReadOnlyList<LabHost> Endpoints { get; set; } = [];

    private static string EndpointAddressV6(int index) => string.Create(CultureInfo.InvariantCulture, $"2001:db8:80::{11 + index}");

    /// <summary>Address of an endpoint, 0 or more.</summary>
    public static string EndpointAddress(int index) => string.Create(CultureInfo.InvariantCulture, $"192.168.80.{11 + index}");

    private void Build()
    {
        Lab.AddHost(Switch).AddBridge(Bridge);
        Nodes = [.. Enumerable.Range(0, 2).Select(i => new ScenarioNode(AtSwitch(string.Create(CultureInfo.InvariantCulture, $"llb{i + 1}"), WithV6($"{NodeAddress(i)}/24", NodeAddressV6(i))), i))];
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
        foreach (var node in Nodes)
        {
            node.Host.Ip($"route add 198.51.100.0/24 via {InnerRouterAddress}");
        }

        if (HasBgp)
        {
            ConfigureRouter(router);
        }
    }

    /// <summary>Endpoints answer a client's address through the gateway that moves with the VIP, and a VIP that is no address of their subnet through the router.</summary>
    private void RouteEndpoints()
    {
        foreach (var endpoint in Options.IsSynced ? Endpoints : [])
        {
            endpoint.Ip(Options.HasGateway ? $"route add 198.51.100.0/24 via {Gateway}" : $"route add {Vip}/32 via {InnerRouterAddress}");
        }
    }

    private void ConfigureRouter(LabHost router)
    {
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
}
