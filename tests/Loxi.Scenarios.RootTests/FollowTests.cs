using System.Net;
using FluentAssertions;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>
/// Established flows follow what the kernel knows of the way to their endpoint within 200 ms. The time runs from when the change was
/// in the kernel's tables; what the machine itself takes to answer is known from the flows to the other endpoints, whose way stays.
/// </summary>
public sealed class FollowTests
{
    private const int Port = 5353;
    private const string NewMac = "02:4c:58:ff:00:01";
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData("tc")]
    [InlineData("xdp")]
    public async Task NewMacOfAnEndpoint_IsFollowed(string hook)
    {
        await using var lab = await FollowLab.StartAsync(hook);
        using var wire = lab.Endpoint.Capture("eth0", IsRequest);
        var oldMac = lab.Endpoint.Mac("eth0");

        lab.Endpoint.Ip($"link set eth0 address {NewMac}");
        lab.Node.IpBatch(
            $"neigh replace {StandardLab.EndpointV4(0)} lladdr {NewMac} dev eth1 nud reachable",
            $"neigh replace {StandardLab.EndpointV6(0)} lladdr {NewMac} dev eth1 nud reachable");

        await lab.FollowsAsync(wire, packet => packet.DestinationMac == oldMac, wire, packet => packet.DestinationMac == NewMac);
    }

    [Theory]
    [InlineData("tc")]
    [InlineData("xdp")]
    public async Task NewRouteToAnEndpoint_IsFollowed(string hook)
    {
        await using var lab = await FollowLab.StartAsync(hook);
        using var oldLink = lab.Endpoint.Capture("eth0", IsRequest);
        using var newLink = lab.Endpoint.Capture("eth1", IsRequest);

        lab.Node.IpBatch(
            $"route replace {StandardLab.EndpointV4(0)}/32 via {FollowLab.DetourV4}",
            $"route replace {StandardLab.EndpointV6(0)}/128 via {FollowLab.DetourV6} metric 1");

        await lab.FollowsAsync(oldLink, _ => true, newLink, _ => true);
    }

    [Theory]
    [InlineData("tc")]
    [InlineData("xdp")]
    public async Task LinkDownAndUp_IsFollowedToTheOtherRouteAndBack(string hook)
    {
        await using var lab = await FollowLab.StartAsync(hook);
        lab.Node.IpBatch(
            $"route add {StandardLab.EndpointV4(0)}/32 via {FollowLab.DetourV4} metric 2000",
            $"route add {StandardLab.EndpointV6(0)}/128 via {FollowLab.DetourV6} metric 2000");
        using var direct = lab.Endpoint.Capture("eth0", IsRequest);
        using var detour = lab.Endpoint.Capture("eth1", IsRequest);
        await lab.Flows.WaitForAnswersAsync();
        detour.Packets.Should().BeEmpty("the direct route is the better one");

        lab.Node.SetUp("eth1", false);
        await lab.FollowsAsync(direct, _ => true, detour, _ => true);

        direct.Clear();
        detour.Clear();
        lab.Node.SetUp("eth1", true);
        await lab.WaitForNeighboursAsync("eth1");
        await lab.FollowsAsync(detour, _ => true, direct, _ => true);
    }

    private static bool IsRequest(CapturedPacket packet) => !packet.Outgoing && packet.IsUdp && packet.DestinationPort == Port;

    /// <summary>Endpoints on links of their own, and a second link to the first of them, which answers over that one.</summary>
    private sealed class FollowLab : IAsyncDisposable
    {
        public const string DetourV4 = "198.18.2.2";
        public const string DetourV6 = "2001:db8:22::2";
        private const string DetourNodeV4 = "198.18.2.1";
        private const string DetourNodeV6 = "2001:db8:22::1";
        private readonly Scenario _scenario;
        private readonly List<UdpEchoServer> _servers = [];

        private FollowLab(Scenario scenario) => _scenario = scenario;

        public LabHost Node => _scenario.Lab.Node;

        public LabHost Endpoint => _scenario.Lab.Endpoints[0];

        public PulsedFlows Flows { get; private set; } = null!;

        public static async Task<FollowLab> StartAsync(string hook)
        {
            var lab = new FollowLab(await Scenario.StartAsync(new StandardLabOptions { PointToPoint = true }, hook));
            try
            {
                await lab.PrepareAsync();
                return lab;
            }
            catch
            {
                await lab.DisposeAsync();
                throw;
            }
        }

        /// <summary>Every flow to the endpoint takes the new way, the last packet on the old one comes within the bound, and answers come as fast.</summary>
        public async Task FollowsAsync(PacketCapture oldWay, Func<CapturedPacket, bool> isOld, PacketCapture newWay, Func<CapturedPacket, bool> isNew)
        {
            var changed = DateTimeOffset.UtcNow;
            Flows.Mark();
            await Flows.WaitForAnswersAsync();
            var ports = Flows.PortsOf(Endpoint.Name);
            foreach (var port in ports)
            {
                await newWay.WaitForAsync(packet => packet.SourcePort == port && isNew(packet), $"flow {port} on its new way");
            }

            var affected = Flows.LongestGap(ports.Contains);
            var others = Flows.LongestGap(port => !ports.Contains(port));
            ports.Should().HaveCount(4);
            (affected - others).Should().BeLessThanOrEqualTo(Bound, $"answers were {affected.TotalMilliseconds:f1} ms apart, those of the other endpoints {others.TotalMilliseconds:f1} ms");
            oldWay.Packets.Where(isOld).Select(packet => packet.Time - changed).Where(late => late > Bound + others).Should().BeEmpty();
            Flows.ServerChanges.Should().Be(0);
        }

        /// <summary>
        /// Until the kernel knows the endpoint's MAC on a link: it forgot it when the link went down, and an ARP request that is lost while the
        /// far end comes up is repeated after a second.
        /// </summary>
        public Task WaitForNeighboursAsync(string device) => Scenario.WaitUntilAsync(() =>
        {
            var neighbours = Node.Ip($"neigh show dev {device}");
            var known = neighbours.Split('\n').Where(line => line.Contains("lladdr", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]);
            return Task.FromResult((!new[] { StandardLab.EndpointV4(0), StandardLab.EndpointV6(0) }.Except(known).Any(), neighbours));
        });

        public async ValueTask DisposeAsync()
        {
            if (Flows is not null)
            {
                await Flows.DisposeAsync();
            }

            foreach (var server in _servers)
            {
                await server.DisposeAsync();
            }

            await _scenario.DisposeAsync();
        }

        private async Task PrepareAsync()
        {
            _scenario.Lab.Lab.Connect(Node, "eth4", Endpoint, "eth1");
            Node.AddAddress("eth4", $"{DetourNodeV4}/24", $"{DetourNodeV6}/64");
            Endpoint.AddAddress("eth1", $"{DetourV4}/24", $"{DetourV6}/64");
            Endpoint.IpBatch($"route replace default via {DetourNodeV4}", $"route replace ::/0 via {DetourNodeV6}");
            await _scenario.Daemon.WaitForLineAsync("Attached to eth4");
            // On its addresses by name: the first one has others, and would answer from what its route gives.
            _servers.AddRange(_scenario.Lab.Endpoints.Select((endpoint, i) => UdpEchoServer.Start(
                endpoint,
                new ServerOptions { Name = endpoint.Name, Ports = [Port], Addresses = [IPAddress.Parse(StandardLab.EndpointV4(i)), IPAddress.Parse(StandardLab.EndpointV6(i))] })));
            IPEndPoint[] targets = [await _scenario.AddServiceAsync(StandardLab.RoutedVipV4, "udp", Port), await _scenario.AddServiceAsync(StandardLab.RoutedVipV6, "udp", Port)];
            Flows = PulsedFlows.Start(_scenario.Lab.Client, targets, flowsPerTarget: 6, TimeSpan.FromMilliseconds(5));
            await Flows.WaitForAnswersAsync();
            await Flows.WaitForAnswersAsync();
        }
    }
}
