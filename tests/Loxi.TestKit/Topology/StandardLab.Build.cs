using System.Globalization;

namespace Loxi.TestKit.Topology;

public sealed partial class StandardLab
{
    private const string RouterV4 = "198.51.100.254";
    private const string RouterV6 = "2001:db8:100::fe";
    private const string RouterClientV4 = "198.18.0.254";
    private const string RouterClientV6 = "2001:db8:18::fe";

    private void Build()
    {
        Client = Lab.AddHost("client");
        Node = Lab.AddHost("node");
        Route(Node);
        BuildClientSide();
        Endpoints = [.. Enumerable.Range(0, Options.Endpoints).Select(i => Lab.AddHost(string.Create(CultureInfo.InvariantCulture, $"ep{i + 1}")))];
        if (Options.PointToPoint)
        {
            BuildPointToPoint();
        }
        else
        {
            BuildSwitched();
        }

        BuildPod();
        if (Options.StaticNeighbours)
        {
            AddStaticNeighbours();
        }
    }

    private void BuildClientSide()
    {
        var (near, nearDevice) = (Client, "eth0");
        if (Options.ClientRouter)
        {
            Router = Lab.AddHost("router");
            Route(Router);
            Lab.Connect(Client, "eth0", Router, "eth0", Options.Link);
            Router.AddAddress("eth0", $"{RouterClientV4}/24", $"{RouterClientV6}/64");
            (near, nearDevice) = (Router, "eth1");
        }

        Lab.Connect(near, nearDevice, Node, "eth0", Options.Link);
        Node.AddAddress("eth0", $"{NodeClientV4}/24", $"{NodeClientV6}/64", $"{OwnVipV4}/32", $"{OwnVipV6}/128");
        if (Router is not null)
        {
            Router.AddAddress("eth1", $"{RouterV4}/24", $"{RouterV6}/64");
            AddRoutes(Router, NodeClientV4, NodeClientV6, "192.0.2.0/24", "203.0.113.0/24", "2001:db8:2::/64", "2001:db8:113::/64");
            AddRoutes(Node, RouterV4, RouterV6, "198.18.0.0/24", "2001:db8:18::/64");
        }

        Client.AddAddress("eth0", $"{ClientV4}/24", $"{ClientV6}/64");
        AddRoutes(
            Client,
            Router is null ? NodeClientV4 : RouterClientV4,
            Router is null ? NodeClientV6 : RouterClientV6,
            [
                "192.0.2.0/24", "203.0.113.0/24", "2001:db8:2::/64", "2001:db8:113::/64",
                .. Router is null ? (string[])[] : ["198.51.100.0/24", "2001:db8:100::/64"],
            ]);
        if (Options.Vlan is { } vlan)
        {
            VlanTagger.Attach(near, nearDevice, vlan);
            if (Options.VlanAtNode)
            {
                VlanTagger.Attach(Node, "eth0", vlan);
            }
        }
    }

    private void BuildSwitched()
    {
        var hub = Lab.AddHost("switch");
        hub.AddBridge("br0");
        Lab.Connect(Node, "eth1", hub, "node", Options.Link);
        hub.AttachToBridge("br0", "node");
        Node.AddAddress("eth1", $"{NodeEndpointV4}/24", $"{NodeEndpointV6}/64");
        for (var i = 0; i < Endpoints.Count; i++)
        {
            var endpoint = Endpoints[i];
            Lab.Connect(endpoint, "eth0", hub, endpoint.Name, Options.Link);
            hub.AttachToBridge("br0", endpoint.Name);
            endpoint.AddAddress("eth0", $"{EndpointV4(i)}/24", $"{EndpointV6(i)}/64");
            AddRoutes(endpoint, NodeEndpointV4, NodeEndpointV6, "default", "::/0");
        }
    }

    private void BuildPointToPoint()
    {
        for (var i = 0; i < Endpoints.Count; i++)
        {
            var (endpoint, device) = (Endpoints[i], NodeDevices[i + 1]);
            Lab.Connect(Node, device, endpoint, "eth0", Options.Link);
            Node.IpBatch(
                $"address add {NodeEndpointV4} peer {EndpointV4(i)}/32 dev {device}",
                $"address add {NodeEndpointV6} peer {EndpointV6(i)}/128 dev {device} nodad");
            endpoint.IpBatch(
                $"address add {EndpointV4(i)} peer {NodeEndpointV4}/32 dev eth0",
                $"address add {EndpointV6(i)} peer {NodeEndpointV6}/128 dev eth0 nodad",
                $"route add default via {NodeEndpointV4} dev eth0 onlink",
                $"route add ::/0 via {NodeEndpointV6} dev eth0 onlink");
        }
    }

    /// <summary>What a node on a Kubernetes host finds and must leave alone: a bridge and a veth of a pod.</summary>
    private void BuildPod()
    {
        Pod = Lab.AddHost("pod");
        Node.AddBridge(PodBridge);
        Lab.Connect(Node, PodVeth, Pod, "eth0", Options.Link);
        Node.AttachToBridge(PodBridge, PodVeth);
        Node.AddAddress(PodBridge, $"{PodGatewayV4}/24");
        Pod.AddAddress("eth0", $"{PodV4}/24");
        Pod.Ip($"route add default via {PodGatewayV4}");
    }

    private void AddStaticNeighbours()
    {
        var (near, nearDevice) = Router is null ? (Client, "eth0") : (Router, "eth1");
        var (nearV4, nearV6) = Router is null ? (ClientV4, ClientV6) : (RouterV4, RouterV6);
        AddNeighbours(near, nearDevice, Node.Mac("eth0"), NodeClientV4, NodeClientV6, OwnVipV4, OwnVipV6);
        AddNeighbours(Node, "eth0", near.Mac(nearDevice), nearV4, nearV6);
        if (Router is not null)
        {
            AddNeighbours(Client, "eth0", Router.Mac("eth0"), RouterClientV4, RouterClientV6);
            AddNeighbours(Router, "eth0", Client.Mac("eth0"), ClientV4, ClientV6);
        }

        for (var i = 0; i < Endpoints.Count; i++)
        {
            var device = Options.PointToPoint ? NodeDevices[i + 1] : "eth1";
            AddNeighbours(Node, device, Endpoints[i].Mac("eth0"), EndpointV4(i), EndpointV6(i));
            AddNeighbours(Endpoints[i], "eth0", Node.Mac(device), NodeEndpointV4, NodeEndpointV6);
        }
    }

    private static void AddNeighbours(LabHost host, string device, string mac, params string[] addresses)
        => host.IpBatch([.. addresses.Select(address => $"neigh replace {address} lladdr {mac} dev {device} nud permanent")]);

    private static void AddRoutes(LabHost host, string viaV4, string viaV6, params string[] prefixes)
        => host.IpBatch([.. prefixes.Select(prefix => prefix.Contains(':', StringComparison.Ordinal)
            ? $"route add {prefix} via {viaV6}"
            : $"route add {prefix} via {viaV4}")]);

    private static void Route(LabHost host)
    {
        host.Sysctl("net.ipv4.ip_forward", "1");
        host.Sysctl("net.ipv6.conf.all.forwarding", "1");
    }
}
