using System.Net;
using Loxi.Api.Wire;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;

namespace Loxi.Scenarios.RootTests.Egress;

/// <summary>
/// A node with <c>--egr-hooks</c> and services whose endpoints are ep1, a process of the node and its pod, at VIPs of every kind. Servers and
/// clients are on all of these hosts.
/// </summary>
internal sealed class EgressLab : IAsyncDisposable
{
    public const string PodV6 = "2001:db8:244::2";
    public const string LoopbackVipV4 = "203.0.113.99";
    public const string LoopbackVipV6 = "2001:db8:113::99";
    public const int ServerPort = 8080;
    public const int UdpServerPort = 5353;

    /// <summary>Its endpoint is out of service.</summary>
    public const int DeadPort = 90;

    private readonly List<IAsyncDisposable> _servers = [];

    private EgressLab(Scenario scenario) => Scenario = scenario;

    public Scenario Scenario { get; }

    public StandardLab Lab => Scenario.Lab;

    /// <summary>What an endpoint listens on behind port 80 of a VIP, behind 81 and behind 82.</summary>
    public static IReadOnlyList<string> Endpoints { get; } = ["ep1", "node", "pod"];

    public static string[] Vips { get; } =
    [
        StandardLab.RoutedVipV4, StandardLab.OwnVipV4, LoopbackVipV4, StandardLab.RoutedVipV6, StandardLab.OwnVipV6, LoopbackVipV6,
    ];

    public static int PortOf(string endpoint) => 80 + Endpoints.ToList().IndexOf(endpoint);

    public static bool IsV6(string address) => address.Contains(':', StringComparison.Ordinal);

    public static bool IsRouted(string vip) => vip is StandardLab.RoutedVipV4 or StandardLab.RoutedVipV6;

    public static string AddressOf(string endpoint, bool ipv6) => (endpoint, ipv6) switch
    {
        ("ep1", false) => StandardLab.EndpointV4(0),
        ("ep1", true) => StandardLab.EndpointV6(0),
        ("node", false) => StandardLab.NodeEndpointV4,
        ("node", true) => StandardLab.NodeEndpointV6,
        ("pod", false) => StandardLab.PodV4,
        _ => PodV6,
    };

    public static async Task<EgressLab> StartAsync(string hook, params string[] more)
    {
        var lab = new EgressLab(await Scenario.CreateAsync(new StandardLabOptions { Link = new LinkOptions { ChecksumOffload = hook == "tc" } }));
        try
        {
            await lab.PrepareAsync(hook, more);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await Scenario.DisposeAsync();
    }

    private async Task PrepareAsync(string hook, string[] more)
    {
        Lab.Node.AddAddress(StandardLab.PodBridge, "2001:db8:244::1/64");
        Lab.Pod.AddAddress("eth0", $"{PodV6}/64");
        Lab.Pod.Ip("route add ::/0 via 2001:db8:244::1");
        Lab.Node.AddAddress("lo", $"{LoopbackVipV4}/32", $"{LoopbackVipV6}/128");
        // What a default route does elsewhere: the node's own stack has a way to VIPs that are only routed.
        Lab.Node.IpBatch($"route add 203.0.113.0/24 via {Lab.ClientV4}", $"route add 2001:db8:113::/64 via {Lab.ClientV6}");
        await Scenario.StartDaemonAsync(hook, ["--egr-hooks", .. more]);
        foreach (var endpoint in Endpoints)
        {
            var host = Lab[endpoint];
            _servers.Add(HttpServer.Start(host, new ServerOptions { Name = endpoint, Ports = [ServerPort] }));
            _servers.Add(UdpEchoServer.Start(host, new ServerOptions
            {
                Name = endpoint,
                Ports = [UdpServerPort],
                Addresses = [IPAddress.Parse(AddressOf(endpoint, false)), IPAddress.Parse(AddressOf(endpoint, true))],
            }));
            foreach (var vip in Vips)
            {
                await AddAsync(vip, "tcp", PortOf(endpoint), AddressOf(endpoint, IsV6(vip)), ServerPort);
                await AddAsync(vip, "udp", PortOf(endpoint), AddressOf(endpoint, IsV6(vip)), UdpServerPort);
            }
        }

        foreach (var vip in Vips)
        {
            await AddAsync(vip, "icmp", 0, AddressOf("ep1", IsV6(vip)), 0);
            var dead = IsV6(vip) ? StandardLab.EndpointV6(1) : StandardLab.EndpointV4(1);
            foreach (var protocol in new[] { "tcp", "udp" })
            {
                await AddAsync(vip, protocol, DeadPort, dead, DeadPort);
                await Scenario.Api.SetEndpointStateAsync(new EndpointHostState { HostName = dead, EndpointPort = DeadPort, EndpointProtocol = protocol, State = "red" });
            }
        }
    }

    private Task<bool> AddAsync(string vip, string protocol, int port, string endpoint, int targetPort)
        => Scenario.AddAsync(new LoadbalanceArguments { ExternalIP = vip, Port = port, Protocol = protocol }, targetPort, endpoint);
}
