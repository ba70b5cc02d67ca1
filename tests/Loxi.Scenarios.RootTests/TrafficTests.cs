using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>What a service does with traffic, the same on both hooks, for VIPs on the node and VIPs that are only routed to it.</summary>
public abstract class TrafficTests
{
    private const long BulkBytes = 20_000_000;
    private const byte ForwardedTtl = 63;

    private readonly TrafficScenario _shared;

    private protected TrafficTests(TrafficScenario shared) => _shared = shared;

    public static TheoryData<string> Vips => [.. TrafficScenario.Vips];

    private protected StandardLab Lab => _shared.Scenario.Lab;

    private protected Scenario Scenario => _shared.Scenario;

    [Theory]
    [MemberData(nameof(Vips))]
    public async Task HttpRequests_AreSpreadExactlyAndServersSeeTheClient(string vip)
    {
        await using var load = Load.StartHttp(
            Lab.Client, new LoadOptions { Target = Target(vip), Connections = 3, KeepAlive = false, MaxRequests = 150, Interval = TimeSpan.Zero });

        var report = await load.FinishAsync();

        report.Failed.Should().Be(0, report.ToString());
        report.PerServer.Should().BeEquivalentTo(new Dictionary<string, long> { ["ep1"] = 50, ["ep2"] = 50, ["ep3"] = 50 });
        report.ClientAddresses.Select(IPAddress.Parse).Should().Equal(ClientOf(vip));
    }

    [Theory]
    [MemberData(nameof(Vips))]
    public async Task Datagrams_AreAnsweredWholeAndFragmented(string vip)
    {
        foreach (var length in new[] { 64, 20_000 })
        {
            await using var load = Load.StartUdp(
                Lab.Client,
                new LoadOptions { Target = Target(vip, TrafficScenario.UdpPort), Connections = 6, MaxRequests = 60, Interval = TimeSpan.FromMilliseconds(5), PayloadLength = length });
            var report = await load.FinishAsync();

            report.Failed.Should().Be(0, report.ToString());
            report.PerServer.Keys.Should().BeEquivalentTo(["ep1", "ep2", "ep3"], report.ToString());
            report.ClientAddresses.Select(IPAddress.Parse).Should().Equal(ClientOf(vip));
        }
    }

    [Theory]
    [MemberData(nameof(Vips))]
    public async Task BulkTransfer_ArrivesByteForByteInBothDirections(string vip)
    {
        var down = await BulkTransfer.DownloadAsync(Lab.Client, Target(vip), BulkBytes);
        var up = await BulkTransfer.UploadAsync(Lab.Client, Target(vip), BulkBytes);

        down.Bytes.Should().Be(BulkBytes);
        up.Bytes.Should().Be(BulkBytes);
    }

    [Theory]
    [MemberData(nameof(Vips))]
    public async Task TcpPackets_HaveTheClientAtTheEndpointAndTheVipAtTheClient(string vip)
    {
        using var client = Lab.Client.Capture("eth0", packet => packet.IsTcp && !packet.Outgoing);
        var endpoints = CaptureAtEndpoints(packet => packet.IsTcp && !packet.Outgoing);

        await using (var load = Load.StartHttp(Lab.Client, new LoadOptions { Target = Target(vip), Connections = 3, KeepAlive = false, MaxRequests = 3 }))
        {
            (await load.FinishAsync()).Failed.Should().Be(0);
        }

        for (var i = 0; i < endpoints.Count; i++)
        {
            await endpoints[i].WaitForAsync(packet => packet.HasFlags(TcpBits.Fin), "the client's FIN");
            endpoints[i].Packets.Should().OnlyContain(packet =>
                packet.Source!.Equals(ClientOf(vip)) && packet.Destination!.Equals(EndpointOf(vip, i)) && packet.DestinationPort == TrafficScenario.HttpPort(vip) && packet.Ttl == ForwardedTtl && packet.ChecksumsValid);
            endpoints[i].Dispose();
        }

        await client.WaitForAsync(packet => packet.HasFlags(TcpBits.Fin), 3, "the servers' FIN");
        client.Packets.Should().OnlyContain(packet =>
            packet.Source!.Equals(IPAddress.Parse(vip)) && packet.SourcePort == TrafficScenario.HttpPort(vip) && packet.Ttl == ForwardedTtl && packet.ChecksumsValid);
    }

    [Theory]
    [MemberData(nameof(Vips))]
    public async Task EchoRequest_ReachesAnEndpointAndItsAnswerComesFromTheVip(string vip)
    {
        const ushort id = 4711;
        using var client = Lab.Client.Capture("eth0", IsEcho);
        var endpoints = CaptureAtEndpoints(packet => IsEcho(packet) && !packet.Outgoing);
        var payload = Packet.Counting(1000);

        client.Send(Packet.Ip(ClientOf(vip).ToString(), vip).IcmpEcho(id, 1, payload).WithMacs(Lab.Client.Mac("eth0"), Lab.Node.Mac("eth0")).ToFrame());

        var answer = await client.WaitForAsync(packet => packet.IcmpRest == ((uint)id << 16 | 1), "the answer");
        answer.Source.Should().Be(IPAddress.Parse(vip));
        answer.Ttl.Should().Be(ForwardedTtl);
        answer.ChecksumsValid.Should().BeTrue(answer.ToString());
        answer.Payload.ToArray().Should().Equal(payload);
        await Scenario.WaitUntilAsync(() => Task.FromResult((endpoints.Exists(capture => capture.Packets.Count > 0), "no endpoint saw the request")));
        var (request, at) = endpoints.SelectMany((capture, i) => capture.Packets.Select(packet => (packet, i))).Should().ContainSingle().Which;
        request.Source.Should().Be(ClientOf(vip));
        request.Destination.Should().Be(EndpointOf(vip, at));
        request.Ttl.Should().Be(ForwardedTtl);
        endpoints.ForEach(capture => capture.Dispose());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TwoVipsWithOneEndpointAndOneClientPort_BothTransfersComplete(bool ipv6)
    {
        const int port = 8080;
        var endpoint = Lab.Endpoints[0];
        await using var server = HttpServer.Start(endpoint, new ServerOptions { Name = endpoint.Name, Ports = [port] });
        var first = await Scenario.AddServiceAsync(ipv6 ? StandardLab.OwnVipV6 : StandardLab.OwnVipV4, port: port, endpoints: 1);
        var second = await Scenario.AddServiceAsync(ipv6 ? StandardLab.RoutedVipV6 : StandardLab.RoutedVipV4, port: port, endpoints: 1);
        var sockets = new BoundSockets(Lab.Client, 40_000);
        var before = await Scenario.ReadReasonAsync("collision_resolved");

        var transfers = await Task.WhenAll(
            BulkTransfer.DownloadAsync(sockets, first, BulkBytes), BulkTransfer.DownloadAsync(sockets, second, BulkBytes));

        transfers.Should().OnlyContain(transfer => transfer.Bytes == BulkBytes && transfer.Server == endpoint.Name);
        (await Scenario.ReadReasonAsync("collision_resolved")).Should().Be(before + 1);
    }

    private protected async Task ShowsHookAsync(string hook)
    {
        var status = await Scenario.Api.GetStatusAsync(TestContext.Current.CancellationToken);
        status.Interfaces.Select(one => (one!.Name, one.Hook)).Should().BeEquivalentTo([("eth0", hook), ("eth1", hook)]);
    }

    private protected static IPEndPoint Target(string vip, int? port = null) => new(IPAddress.Parse(vip), port ?? TrafficScenario.HttpPort(vip));

    private static bool IsEcho(CapturedPacket packet) => packet.IsIcmp && (packet.IsV6 ? packet.IcmpType is 128 or 129 : packet.IcmpType is 0 or 8);

    private static bool IsV6(string vip) => vip.Contains(':', StringComparison.Ordinal);

    private static IPAddress EndpointOf(string vip, int index) => IPAddress.Parse(IsV6(vip) ? StandardLab.EndpointV6(index) : StandardLab.EndpointV4(index));

    private IPAddress ClientOf(string vip) => IPAddress.Parse(IsV6(vip) ? Lab.ClientV6 : Lab.ClientV4);

    private List<PacketCapture> CaptureAtEndpoints(Func<CapturedPacket, bool> filter) => [.. Lab.Endpoints.Select(endpoint => endpoint.Capture("eth0", filter))];
}
