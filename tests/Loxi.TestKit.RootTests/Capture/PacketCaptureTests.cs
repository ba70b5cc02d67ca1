using System.Net;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.TestKit.RootTests.Capture;

public sealed class PacketCaptureTests
{
    private const int Port = 5353;

    [Fact]
    public async Task Datagram_IsSeenOnBothSidesOfTheNode()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        using var client = lab.Client.Capture("eth0", packet => packet.IsUdp);
        using var endpoint = lab.Endpoints[0].Capture("eth0", packet => packet.IsUdp);

        Send(lab.Client, StandardLab.EndpointV4(0), "hello");

        var sent = await client.WaitForAsync(packet => packet.PayloadText == "hello", "hello leaves");
        var received = await endpoint.WaitForAsync(packet => packet.PayloadText == "hello", "hello arrives");
        (sent.Outgoing, received.Outgoing).Should().Be((true, false));
        (sent.Ttl, received.Ttl).Should().Be(((byte)64, (byte)63));
        (sent.SourceMac, sent.DestinationMac).Should().Be((lab.Client.Mac("eth0"), lab.Node.Mac("eth0")));
        (received.SourceMac, received.DestinationMac).Should().Be((lab.Node.Mac("eth1"), lab.Endpoints[0].Mac("eth0")));
        received.DestinationPort.Should().Be(Port);
        received.ChecksumsValid.Should().BeTrue();
        received.TransportChecksumValid.Should().BeTrue("checksums are computed by the sender in this lab");
        endpoint.Dropped.Should().Be(0);
    }

    [Fact]
    public async Task ChecksumLeftToTheDevice_IsToldApartFromAWrongOne()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1, Link = new() { ChecksumOffload = true } });
        using var capture = lab.Client.Capture("eth0", packet => packet.IsUdp);

        Send(lab.Client, StandardLab.EndpointV4(0), "partial");

        var packet = await capture.WaitForAsync(packet => packet.PayloadText == "partial", "the datagram");
        packet.ChecksumPartial.Should().BeTrue();
        packet.TransportChecksumValid.Should().BeNull();
    }

    [Fact]
    public async Task NothingMatches_TimeoutListsWhatWasSeen()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        using var capture = lab.Client.Capture("eth0", packet => packet.IsUdp);
        Send(lab.Client, StandardLab.EndpointV4(0), "seen");
        await capture.WaitForAsync(packet => packet.IsUdp, "the datagram");

        await FluentActions.Awaiting(() => capture.WaitForAsync(packet => packet.IsTcp, "a segment", TimeSpan.FromMilliseconds(50)))
            .Should().ThrowAsync<TimeoutException>().WithMessage("*a segment*198.51.100.10*udp*");
    }

    [Fact]
    public async Task ExpiredTtl_RoutersErrorEmbedsThePacket()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1, ClientRouter = true });
        using var capture = lab.Client.Capture("eth0", packet => packet.IsIcmp && packet.IcmpType == 11);
        foreach (var (ttl, router) in new[] { ((short)1, "198.18.0.254"), ((short)2, StandardLab.NodeClientV4) })
        {
            Send(lab.Client, StandardLab.EndpointV4(0), "expires", ttl);

            var error = await capture.WaitForAsync(packet => packet.Source!.ToString() == router, $"time exceeded from {router}");
            error.Embedded!.DestinationPort.Should().Be(Port);
            error.ChecksumsValid.Should().BeTrue();
        }
    }

    [Fact]
    public async Task Vlan_FramesBetweenClientAndNodeCarryTheTagAndNoOthers()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1, Vlan = 100, VlanAtNode = true });
        await using var server = HttpServer.Start(lab.Endpoints[0], new() { Name = "v", Ports = [80] });
        using var node = lab.Node.Capture("eth0", packet => !packet.Outgoing);
        using var client = lab.Client.Capture("eth0", packet => !packet.Outgoing);
        using var endpoint = lab.Endpoints[0].Capture("eth0");

        var report = await Load.StartHttp(lab.Client, new() { Target = new(IPAddress.Parse(StandardLab.EndpointV6(0)), 80), Connections = 2, MaxRequests = 4 }).FinishAsync();

        report.Answered.Should().Be(4, report.ToString());
        foreach (var side in new[] { node, client })
        {
            await side.WaitForAsync(packet => packet.IsTcp, 4, "segments");
            side.Packets.Should().OnlyContain(packet => packet.Vlan == 100 && packet.ChecksumsValid);
        }

        endpoint.Packets.Should().NotBeEmpty().And.OnlyContain(packet => packet.Vlan == null);
    }

    [Fact]
    public async Task SentFrame_ReachesTheOtherEndAsItIs()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        using var client = lab.Client.Capture("eth0");
        using var node = lab.Node.Capture("eth0", packet => packet.IsUdp);
        var frame = Packet.Ipv4(lab.ClientV4, StandardLab.NodeClientV4).WithMacs(lab.Client.Mac("eth0"), lab.Node.Mac("eth0"))
            .Vlan(7, priority: 5).Udp(1, 2).Payload("raw").ToFrame();

        client.Send(frame);

        var received = await node.WaitForAsync(packet => packet.PayloadText == "raw", "the frame");
        received.Bytes.ToArray().Should().Equal(frame);
    }

    private static void Send(LabHost host, string address, string text, short ttl = 64)
    {
        using var socket = host.CreateSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Ttl = ttl;
        socket.SendTo(Encoding.ASCII.GetBytes(text), new IPEndPoint(IPAddress.Parse(address), Port));
    }
}
