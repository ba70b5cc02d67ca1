using System.Net;
using FluentAssertions;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.TestKit.RootTests.Topology;

public sealed class StandardLabTests
{
    public static TheoryData<string, StandardLabOptions> Variants => new()
    {
        { "plain", new() },
        { "point to point", new() { PointToPoint = true } },
        { "router", new() { ClientRouter = true } },
        { "static neighbours", new() { StaticNeighbours = true, ClientRouter = true, PointToPoint = true } },
        { "vlan", new() { Vlan = 100, VlanAtNode = true } },
        { "jumbo", new() { Link = new() { Mtu = 3000, ChecksumOffload = true } } },
    };

    [Theory]
    [MemberData(nameof(Variants), DisableDiscoveryEnumeration = true)]
    public async Task Client_ReachesEveryEndpointThroughTheNode(string variant, StandardLabOptions options)
    {
        await using var lab = await StandardLab.CreateAsync(options);
        for (var i = 0; i < lab.Endpoints.Count; i++)
        {
            await using var server = HttpServer.Start(lab.Endpoints[i], new() { Name = lab.Endpoints[i].Name, Ports = [80] });
            using var capture = lab.Endpoints[i].Capture("eth0", packet => packet.HasFlags(TcpBits.Syn) && !packet.Outgoing);
            foreach (var (address, client) in new[] { (StandardLab.EndpointV4(i), lab.ClientV4), (StandardLab.EndpointV6(i), lab.ClientV6) })
            {
                var report = await Load.StartHttp(lab.Client, new() { Target = new(IPAddress.Parse(address), 80), Connections = 1, MaxRequests = 2, Interval = TimeSpan.Zero }).FinishAsync();

                report.PerServer.Should().BeEquivalentTo(new Dictionary<string, long> { [lab.Endpoints[i].Name] = 2 }, "{0}: {1}", variant, report);
                report.ClientAddresses.Should().Equal(client);
                var syn = await capture.WaitForAsync(packet => packet.Source!.ToString() == client, "SYN of the client");
                syn.Ttl.Should().Be((byte)(options.ClientRouter ? 62 : 63), "each router on the path takes one");
                syn.TransportChecksumValid.Should().Be(options.Link.ChecksumOffload ? null : true, "{0}", syn);
            }
        }
    }

    [Fact]
    public async Task NoHost_HasARouteOutOfTheLab()
    {
        await using var lab = await StandardLab.CreateAsync();
        foreach (var host in lab.Lab.Hosts)
        {
            var (code, _, error) = host.TryExec("ip", "route", "get", "10.99.99.99");
            (code != 0 || lab.Endpoints.Contains(host) || host == lab.Pod).Should().BeTrue(
                "only endpoints and the pod have a default route, to the node; {0} has: {1}", host.Name, error);
        }
    }
}
