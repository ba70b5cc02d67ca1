using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Egress;

/// <summary>Clients and endpoints on the node itself (<c>--egr-hooks</c>), as processes of it and in its pods.</summary>
public sealed class EgressHookTests(EgressLabs shared) : IClassFixture<EgressLabs>
{
    private const long BulkBytes = 2_000_000;

    /// <summary>Who connects, where to, and which endpoints it reaches, with pods on interfaces that are not used.</summary>
    public static TheoryData<string, string, string> PodsLeftAlone
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var vip in EgressLab.Vips)
            {
                rows.Add("tc", "node", vip);
                rows.Add("tc", "client", vip);
                rows.Add("xdp", "node", vip);
                rows.Add("xdp", "client", vip);
                if (EgressLab.IsRouted(vip))
                {
                    rows.Add("tc", "pod", vip);
                    rows.Add("xdp", "pod", vip);
                }
            }

            return rows;
        }
    }

    public static TheoryData<string, string> PodsAttached
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var vip in EgressLab.Vips)
            {
                rows.Add("node", vip);
                rows.Add("client", vip);
                rows.Add("pod", vip);
            }

            return rows;
        }
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "node", StandardLab.RoutedVipV4 },
        { "node", StandardLab.OwnVipV4 },
        { "node", EgressLab.LoopbackVipV6 },
        { "node", StandardLab.RoutedVipV6 },
        { "pod", StandardLab.RoutedVipV4 },
        { "pod", StandardLab.RoutedVipV6 },
        { "client", StandardLab.OwnVipV4 },
    };

    [Theory]
    [MemberData(nameof(PodsLeftAlone))]
    public async Task PodsOnTheBlacklist_ClientsAndEndpointsOfTheNodeAreServed(string hook, string client, string vip)
    {
        var lab = await shared.GetAsync(hook, pods: false);
        // Answers of a pod to the node, and of the node to a pod, pass no interface that is used.
        foreach (var endpoint in client switch { "node" => (string[])["ep1", "node"], "pod" => ["ep1"], _ => ["ep1", "node", "pod"] })
        {
            await TransferAsync(lab, client, vip, endpoint);
        }
    }

    [Theory]
    [MemberData(nameof(PodsAttached))]
    public async Task PodsOnAttachedInterfaces_AreServedToo(string client, string vip)
    {
        var lab = await shared.GetAsync("tc", pods: true);
        foreach (var endpoint in EgressLab.Endpoints)
        {
            await TransferAsync(lab, client, vip, endpoint);
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task EndpointOutOfService_ClientIsToldAtOnce(string client, string vip)
    {
        var lab = await shared.GetAsync("tc", pods: false);
        var target = new IPEndPoint(IPAddress.Parse(vip), EgressLab.DeadPort);
        using var tcp = lab.Lab[client].CreateSocket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var udp = lab.Lab[client].CreateSocket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        udp.Connect(target);

        var connect = async () => await tcp.ConnectAsync(target).WaitAsync(TimeSpan.FromSeconds(5));
        var ask = async () =>
        {
            await udp.SendAsync("anyone?"u8.ToArray());
            await udp.ReceiveAsync(new byte[100]).WaitAsync(TimeSpan.FromSeconds(5));
        };

        (await connect.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
        (await ask.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
    }

    [Theory]
    [InlineData("node", StandardLab.RoutedVipV4)]
    [InlineData("node", EgressLab.LoopbackVipV4)]
    [InlineData("pod", StandardLab.RoutedVipV6)]
    public async Task OpenConnectionToAnEndpointThatGoesOutOfService_IsReset(string client, string vip)
    {
        const int port = 91;
        var lab = await shared.GetAsync("tc", pods: false);
        var address = EgressLab.AddressOf("ep1", EgressLab.IsV6(vip));
        await using var server = HttpServer.Start(lab.Lab.Endpoints[0], new ServerOptions { Name = "ep1", Ports = [port] });
        await lab.Scenario.AddServiceAsync(vip, port: port, endpoints: 1);
        var target = new IPEndPoint(IPAddress.Parse(vip), port);
        using var socket = lab.Lab[client].CreateSocket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(target, TestContext.Current.CancellationToken);
        await AskAsync();
        var state = new EndpointHostState { HostName = address, EndpointPort = port, EndpointProtocol = "tcp", State = "red" };
        await lab.Scenario.Api.SetEndpointStateAsync(state, TestContext.Current.CancellationToken);
        try
        {
            (await FluentActions.Awaiting(AskAsync).Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        }
        finally
        {
            await lab.Scenario.Api.SetEndpointStateAsync(state with { State = "green" }, TestContext.Current.CancellationToken);
        }

        async Task AskAsync()
        {
            await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            (await socket.ReceiveAsync(new byte[1000]).WaitAsync(TimeSpan.FromSeconds(5))).Should().BePositive();
        }
    }

    [Theory]
    [InlineData(StandardLab.RoutedVipV4)]
    [InlineData(EgressLab.LoopbackVipV4)]
    [InlineData(StandardLab.OwnVipV6)]
    public async Task PingOfTheNode_IsAnsweredByTheEndpoint(string vip)
    {
        var lab = await shared.GetAsync("tc", pods: false);
        using var wire = lab.Lab.Endpoints[0].Capture("eth0", packet => packet.IsIcmp && !packet.Outgoing && packet.IcmpType is 8 or 128);

        var address = IPAddress.Parse(vip);
        using var socket = lab.Lab.Node.CreateRawSocket(address.AddressFamily, EgressLab.IsV6(vip) ? IpProtocol.IcmpV6 : IpProtocol.Icmp);
        await socket.ConnectAsync(new IPEndPoint(address, 0), TestContext.Current.CancellationToken);
        var request = Packet.Ip(EgressLab.IsV6(vip) ? "::1" : "127.0.0.1", vip).IcmpEcho(77, 1, "ping"u8.ToArray()).ToIp()[(EgressLab.IsV6(vip) ? 40 : 20)..];

        await socket.SendAsync(request, TestContext.Current.CancellationToken);

        // raw(7): IPv4 sockets get the header too. Both get what else comes from there.
        var buffer = new byte[200];
        byte type;
        do
        {
            var length = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
            type = buffer[EgressLab.IsV6(vip) ? 0 : 20];
            length.Should().BeGreaterThanOrEqualTo(request.Length);
        }
        while (type is not (0 or 129));
        (await wire.WaitForAsync(packet => packet.IcmpRest >> 16 == 77, "the echo request")).ChecksumsValid.Should().BeTrue();
    }

    private static async Task TransferAsync(EgressLab lab, string client, string vip, string endpoint)
    {
        var host = lab.Lab[client];
        var target = new IPEndPoint(IPAddress.Parse(vip), EgressLab.PortOf(endpoint));
        using var refused = lab.Lab.Node.Capture("lo", packet => packet.HasFlags(TcpBits.Rst));
        await using (var load = Load.StartHttp(host, new LoadOptions { Target = target, Connections = 2, MaxRequests = 8, Interval = TimeSpan.Zero, KeepAlive = false }))
        {
            await CheckAsync(lab, load, client, vip, endpoint);
        }

        // The node's own stack takes lo's MTU for the one to its own addresses: it learns what fits by an error, and for new sockets only.
        if (client == "node" && !EgressLab.IsRouted(vip) && endpoint != "node")
        {
            await using var first = Load.StartUdp(host, new LoadOptions { Target = target, Connections = 1, MaxRequests = 1, PayloadLength = 4000, Timeout = TimeSpan.FromMilliseconds(300) });
            _ = await first.FinishAsync();
        }

        // For an IPv6 address on another interface than lo the kernel does not learn it.
        int[] lengths = client == "node" && vip == StandardLab.OwnVipV6 && endpoint != "node" ? [64] : [64, 4000];
        foreach (var length in lengths)
        {
            await using var load = Load.StartUdp(host, new LoadOptions { Target = target, Connections = 2, MaxRequests = 6, Interval = TimeSpan.Zero, PayloadLength = length });
            await CheckAsync(lab, load, client, vip, endpoint);
        }

        (await BulkTransfer.DownloadAsync(host, target, BulkBytes)).Bytes.Should().Be(BulkBytes);
        (await BulkTransfer.UploadAsync(host, target, BulkBytes)).Bytes.Should().Be(BulkBytes);
        refused.Packets.Should().BeEmpty("nothing untranslated gets to the node's own stack");
    }

    private static async Task CheckAsync(EgressLab lab, Load load, string client, string vip, string endpoint)
    {
        var report = await load.FinishAsync();
        report.Failed.Should().Be(0, $"{client} to {vip} and {endpoint}: {report}");
        report.PerServer.Keys.Should().Equal(endpoint);
        // The kernel gives a local destination its own address for a source.
        string[] expected = client switch
        {
            _ when client == endpoint && client != "node" => [vip],
            "node" when !EgressLab.IsRouted(vip) => [vip],
            "node" => EgressLab.IsV6(vip) ? [StandardLab.NodeClientV6, StandardLab.OwnVipV6] : [StandardLab.NodeClientV4],
            "pod" => [EgressLab.AddressOf("pod", EgressLab.IsV6(vip))],
            _ => [EgressLab.IsV6(vip) ? lab.Lab.ClientV6 : lab.Lab.ClientV4],
        };
        report.ClientAddresses.Should().OnlyContain(seen => expected.Contains(seen), $"{client} to {vip} and {endpoint}");
    }
}
