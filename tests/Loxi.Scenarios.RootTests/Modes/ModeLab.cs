using System.Net;
using System.Net.Sockets;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Modes;

/// <summary>
/// A node on one hook with a service for every <see cref="ModeCase"/>; shared by the tests of a class, which take nothing away. Beside the
/// standard lab:
/// <code>
/// client eth1 -- switch                           (a second address of the client, which endpoints reach without the node)
///                switch -- eth0 gate eth1 -- eth0 far
/// </code>
/// </summary>
public abstract class ModeLab(string hook, LinkOptions links) : IAsyncLifetime
{
    internal const int ServerPort = 80;
    internal const int UdpServerPort = 5353;
    internal const string DirectV4 = "198.51.100.20";
    internal const string DirectV6 = "2001:db8:100::20";
    private const string FarV4 = "198.18.6.10";
    private const string FarV6 = "2001:db8:66::10";
    private const string GateV4 = "192.0.2.200";
    private const string GateV6 = "2001:db8:2::200";

    private readonly List<IAsyncDisposable> _servers = [];

    internal Scenario Scenario { get; private set; } = null!;

    internal StandardLab Lab => Scenario.Lab;

    internal LabHost Switch => Lab["switch"];

    private LabHost Far => Lab["far"];

    internal bool HasGso => links.ChecksumOffload;

    internal IReadOnlyList<LabHost> HostsOf(ModeCase one) => one.Endpoints switch
    {
        ModeEndpoints.OnLink => [Lab.Endpoints[0], Lab.Endpoints[1]],
        ModeEndpoints.Tunnelled => [Lab.Endpoints[2]],
        _ => [Far],
    };

    internal IReadOnlyList<string> AddressesOf(ModeCase one)
    {
        var ipv6 = one.EndpointFamily == 6;
        return one.Endpoints switch
        {
            ModeEndpoints.OnLink => ipv6 ? [StandardLab.EndpointV6(0), StandardLab.EndpointV6(1)] : [StandardLab.EndpointV4(0), StandardLab.EndpointV4(1)],
            ModeEndpoints.Tunnelled => [ipv6 ? StandardLab.EndpointV6(2) : StandardLab.EndpointV4(2)],
            _ => [ipv6 ? FarV6 : FarV4],
        };
    }

    /// <summary>The address that the client has for the case.</summary>
    internal string ClientOf(ModeCase one) => one.IsDirect ? (one.IsV6 ? DirectV6 : DirectV4) : one.IsV6 ? Lab.ClientV6 : Lab.ClientV4;

    public async ValueTask InitializeAsync()
    {
        Scenario = await Scenario.CreateAsync(new StandardLabOptions { Link = links });
        BuildDirectLink();
        BuildRouted();
        await Scenario.StartDaemonAsync(hook);
        foreach (var endpoint in Lab.Endpoints.Take(2))
        {
            endpoint.AddAddress("lo", [.. VipsOf(ModeEndpoints.OnLink).Select(vip => $"{vip}/{(vip.Contains(':', StringComparison.Ordinal) ? 128 : 32)}")]);
        }

        _servers.Add(DecapsulatingEndpoint.Start(Lab.Endpoints[2], VipsOf(ModeEndpoints.Tunnelled)));
        _servers.Add(DecapsulatingEndpoint.Start(Far, VipsOf(ModeEndpoints.Routed)));
        for (var i = 0; i < Lab.Endpoints.Count; i++)
        {
            Serve(Lab.Endpoints[i], [StandardLab.EndpointV4(i), StandardLab.EndpointV6(i), .. VipsOf(i < 2 ? ModeEndpoints.OnLink : ModeEndpoints.Tunnelled)]);
        }

        Serve(Far, [FarV4, FarV6, .. VipsOf(ModeEndpoints.Routed)]);
        // On XDP the first packet to a neighbour that is not known goes another way than the others.
        foreach (var address in ModeCases.All.SelectMany(AddressesOf).Distinct())
        {
            await Lab.Node.CreateSocket(IPAddress.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp).ConnectAsync(IPAddress.Parse(address), ServerPort);
        }

        await Scenario.Api.PutPoolAsync(ModeCases.Pool, new Pool { Addresses = [.. ModeCases.PoolAddresses] });
        foreach (var one in ModeCases.All)
        {
            await AddAsync(one, "tcp", one.TcpPort, ServerPort);
            await AddAsync(one, "udp", one.UdpPort, UdpServerPort);
            if (one.HasIcmp)
            {
                await AddAsync(one, "icmp", 0, 0);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        if (Scenario is not null)
        {
            await Scenario.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private static string[] VipsOf(ModeEndpoints endpoints) => [.. ModeCases.All.Where(one => one.IsDirect && one.Endpoints == endpoints).Select(one => one.Vip)];

    private void BuildDirectLink()
    {
        Lab.Lab.Connect(Lab.Client, "eth1", Switch, "client", links);
        Switch.AttachToBridge("br0", "client");
        Lab.Client.AddAddress("eth1", $"{DirectV4}/32", $"{DirectV6}/128");
        foreach (var endpoint in Lab.Endpoints)
        {
            RouteToClient(endpoint);
        }

        // Errors that the node sends the client go the way that its packets came, where nobody asks for an address of another interface.
        Lab.Node.AddNeighbour("eth0", DirectV6, Lab.Client.Mac("eth0"));
    }

    private void BuildRouted()
    {
        var gate = Lab.Lab.AddHost("gate");
        var far = Lab.Lab.AddHost("far");
        gate.Sysctl("net.ipv4.ip_forward", "1");
        gate.Sysctl("net.ipv6.conf.all.forwarding", "1");
        Lab.Lab.Connect(gate, "eth0", Switch, "gate", links);
        Switch.AttachToBridge("br0", "gate");
        Lab.Lab.Connect(gate, "eth1", far, "eth0", links);
        gate.AddAddress("eth0", $"{GateV4}/24", $"{GateV6}/64");
        gate.AddAddress("eth1", "198.18.6.1/24", "2001:db8:66::1/64");
        far.AddAddress("eth0", $"{FarV4}/24", $"{FarV6}/64");
        gate.IpBatch($"route add default via {StandardLab.NodeEndpointV4}", $"route add ::/0 via {StandardLab.NodeEndpointV6}");
        far.IpBatch("route add default via 198.18.6.1", "route add ::/0 via 2001:db8:66::1");
        RouteToClient(gate);
        Lab.Node.IpBatch($"route add 198.18.6.0/24 via {GateV4}", $"route add 2001:db8:66::/64 via {GateV6}");
    }

    private static void RouteToClient(LabHost host) => host.IpBatch($"route add {DirectV4}/32 dev eth0", $"route add {DirectV6}/128 dev eth0");

    /// <summary>UDP by address: a server with several answers from what its route gives.</summary>
    private void Serve(LabHost host, string[] addresses)
    {
        _servers.Add(HttpServer.Start(host, new ServerOptions { Name = host.Name, Ports = [ServerPort] }));
        _servers.Add(UdpEchoServer.Start(host, new ServerOptions { Name = host.Name, Ports = [UdpServerPort], Addresses = [.. addresses.Select(IPAddress.Parse)] }));
    }

    private Task<bool> AddAsync(ModeCase one, string protocol, int port, int targetPort) => Scenario.AddAsync(
        new LoadbalanceArguments
        {
            ExternalIP = one.ServiceAddress ?? one.Vip,
            Port = port,
            Protocol = protocol,
            Mode = one.Mode,
            Selection = one.Selection,
            PrivateIP = one.PrivateIP,
            SourcePool = one.Pool,
            Tunnel = one.Tunnel,
        },
        targetPort,
        AddressesOf(one));
}
