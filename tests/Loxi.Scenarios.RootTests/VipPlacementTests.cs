using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>
/// Where a VIP may be, and clients that are beside the endpoints or are one. VIPs on the node's interface and ones that are only routed are
/// what <see cref="TrafficTests"/> uses.
/// </summary>
public sealed class VipPlacementTests(HookScenarios shared) : IClassFixture<HookScenarios>
{
    private const string LoopbackVipV4 = "203.0.113.99";
    private const string LoopbackVipV6 = "2001:db8:113::99";
    private const string SharedVipV4 = "198.51.100.201";
    private const string SharedVipV6 = "2001:db8:100::201";
    private const int HairpinPort = 8080;
    private const int OneArmPort = 8081;
    private const int UdpPort = 5353;
    private const long OneArm = 1;

    public static TheoryData<string, string> Vips => new()
    {
        { "tc", LoopbackVipV4 },
        { "tc", LoopbackVipV6 },
        { "tc", SharedVipV4 },
        { "tc", SharedVipV6 },
        { "xdp", LoopbackVipV4 },
        { "xdp", LoopbackVipV6 },
        { "xdp", SharedVipV4 },
        { "xdp", SharedVipV6 },
    };

    public static TheoryData<string, string> RoutedVips => new()
    {
        { "tc", StandardLab.RoutedVipV4 },
        { "tc", StandardLab.RoutedVipV6 },
        { "xdp", StandardLab.RoutedVipV4 },
        { "xdp", StandardLab.RoutedVipV6 },
    };

    /// <summary>On <c>lo</c>, with the address of a subnet of its own, or of the client's: the node answers for it on the link.</summary>
    [Theory]
    [MemberData(nameof(Vips))]
    public async Task VipOnLoopback_IsServedAlsoInTheSubnetOfTheClient(string hook, string vip)
    {
        var scenario = await GetAsync(hook);
        var client = vip.Contains(':', StringComparison.Ordinal) ? scenario.Lab.ClientV6 : scenario.Lab.ClientV4;

        await TransferAsync(scenario.Lab.Client, vip, Scenario.Port, ["ep1", "ep2", "ep3"], client);
    }

    /// <summary>RFC 4787 REQ-9: the endpoint would drop a packet from its own address; it sees the VIP.</summary>
    [Theory]
    [MemberData(nameof(RoutedVips))]
    public async Task EndpointThatIsTheClientOfItsOwnVip_IsServedAndSeesTheVip(string hook, string vip)
    {
        var scenario = await GetAsync(hook);

        await TransferAsync(scenario.Lab.Endpoints[0], vip, HairpinPort, ["ep1"], vip);
    }

    /// <summary>Without its source rewritten the endpoint would answer its neighbour around the node.</summary>
    [Theory]
    [MemberData(nameof(RoutedVips))]
    public async Task ClientInTheSubnetOfTheEndpoint_IsServedWithOneArm(string hook, string vip)
    {
        var scenario = await GetAsync(hook);

        await TransferAsync(
            scenario.Lab.Endpoints[1], vip, OneArmPort, ["ep1"], vip.Contains(':', StringComparison.Ordinal) ? StandardLab.NodeEndpointV6 : StandardLab.NodeEndpointV4);
    }

    private static async Task TransferAsync(LabHost client, string vip, int port, string[] servers, string seen)
    {
        var target = new IPEndPoint(IPAddress.Parse(vip), port);
        await using (var load = Load.StartHttp(client, new LoadOptions { Target = target, Connections = 3, KeepAlive = false, MaxRequests = 12, Interval = TimeSpan.Zero }))
        {
            Check(await load.FinishAsync(), servers, seen);
        }

        foreach (var length in new[] { 64, 4000 })
        {
            await using var load = Load.StartUdp(client, new LoadOptions { Target = target, Connections = 3, MaxRequests = 9, Interval = TimeSpan.FromMilliseconds(5), PayloadLength = length });
            Check(await load.FinishAsync(), servers, seen);
        }

        (await BulkTransfer.DownloadAsync(client, target, 2_000_000)).Bytes.Should().Be(2_000_000);
        (await BulkTransfer.UploadAsync(client, target, 2_000_000)).Bytes.Should().Be(2_000_000);
    }

    private static void Check(LoadReport report, string[] servers, string seen)
    {
        report.Failed.Should().Be(0, report.ToString());
        report.PerServer.Keys.Should().BeEquivalentTo(servers);
        report.ClientAddresses.Should().Equal(seen);
    }

    private Task<Scenario> GetAsync(string hook) => shared.GetAsync(hook, async scenario =>
    {
        scenario.Lab.Node.AddAddress("lo", $"{LoopbackVipV4}/32", $"{LoopbackVipV6}/128", $"{SharedVipV4}/32", $"{SharedVipV6}/128");
        // IPv6 answers solicitations for the addresses of that interface only.
        scenario.Lab.Node.Sysctl("net.ipv6.conf.eth0.proxy_ndp", "1");
        scenario.Lab.Node.Ip($"-6 neigh add proxy {SharedVipV6} dev eth0");
        for (var i = 0; i < scenario.Lab.Endpoints.Count; i++)
        {
            var endpoint = scenario.Lab.Endpoints[i];
            shared.Own(HttpServer.Start(endpoint, new ServerOptions { Name = endpoint.Name, Ports = [Scenario.Port] }));
            shared.Own(UdpEchoServer.Start(endpoint, new ServerOptions { Name = endpoint.Name, Ports = [UdpPort] }));
        }

        foreach (var vip in new[] { LoopbackVipV4, LoopbackVipV6, SharedVipV4, SharedVipV6 })
        {
            await AddAsync(scenario, vip, Scenario.Port, 0, 3);
        }

        foreach (var vip in new[] { StandardLab.RoutedVipV4, StandardLab.RoutedVipV6 })
        {
            await AddAsync(scenario, vip, HairpinPort, 0, 1);
            await AddAsync(scenario, vip, OneArmPort, OneArm, 1);
        }
    });

    private static async Task AddAsync(Scenario scenario, string vip, int port, long mode, int endpoints)
    {
        string[] addresses = [.. Enumerable.Range(0, endpoints).Select(i => vip.Contains(':', StringComparison.Ordinal) ? StandardLab.EndpointV6(i) : StandardLab.EndpointV4(i))];
        await scenario.AddAsync(new LoadbalanceArguments { ExternalIP = vip, Port = port, Protocol = "tcp", Mode = mode }, Scenario.Port, addresses);
        await scenario.AddAsync(new LoadbalanceArguments { ExternalIP = vip, Port = port, Protocol = "udp", Mode = mode }, UdpPort, addresses);
    }
}
