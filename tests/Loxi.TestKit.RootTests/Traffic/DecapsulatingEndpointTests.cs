using System.Net;
using FluentAssertions;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.TestKit.RootTests.Traffic;

public sealed class DecapsulatingEndpointTests
{
    [Theory]
    [InlineData(4, 4)]
    [InlineData(6, 6)]
    [InlineData(4, 6)]
    [InlineData(6, 4)]
    public async Task TunnelPacket_IsAnsweredDirectly(int inner, int outer)
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        var (host, vip) = (lab.Endpoints[0], inner == 4 ? StandardLab.RoutedVipV4 : StandardLab.RoutedVipV6);
        await using var endpoint = DecapsulatingEndpoint.Start(host, StandardLab.RoutedVipV4, StandardLab.RoutedVipV6);
        await using var udp = UdpEchoServer.Start(host, new() { Name = "u", Ports = [53], Addresses = [IPAddress.Parse(vip)] });
        await using var http = HttpServer.Start(host, new() { Name = "h", Ports = [80] });
        using var client = lab.Client.Capture("eth0", packet => !packet.Outgoing && (packet.IsTcp || packet.IsUdp));
        using var wire = lab.Node.Capture("eth1", packet => packet.IsIpip);
        var request = Packet.Ip(inner == 4 ? lab.ClientV4 : lab.ClientV6, vip).WithMacs(lab.Node.Mac("eth1"), host.Mac("eth0"));

        wire.Send(Encapsulate(request.Udp(40000, 53, "ping"u8.ToArray()), outer).ToFrame());
        wire.Send(Encapsulate(request.Tcp(40001, 80), outer).ToFrame());

        var answer = await client.WaitForAsync(packet => packet.IsUdp && packet.DestinationPort == 40000, "answer by UDP");
        answer.PayloadText.Should().EndWith("|ping").And.StartWith("u|");
        answer.Source!.ToString().Should().Be(vip);
        var accepted = await client.WaitForAsync(packet => packet.HasFlags(TcpBits.Syn | TcpBits.Ack) && packet.DestinationPort == 40001, "SYN with ACK");
        accepted.Source!.ToString().Should().Be(vip);
        endpoint.Packets.Should().HaveCount(2).And.OnlyContain(packet => packet.IsV4 == (inner == 4));
        endpoint.Refused.Should().Be(0);
    }

    [Fact]
    public async Task ChecksumLeftToTheDevice_IsCompletedAndAWrongOneIsNot()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        var host = lab.Endpoints[0];
        await using var endpoint = DecapsulatingEndpoint.Start(host, StandardLab.RoutedVipV4);
        await using var udp = UdpEchoServer.Start(host, new() { Name = "u", Ports = [53], Addresses = [IPAddress.Parse(StandardLab.RoutedVipV4)] });
        using var client = lab.Client.Capture("eth0", packet => !packet.Outgoing && packet.IsUdp);
        using var wire = lab.Node.Capture("eth1", packet => packet.IsIpip);
        var request = Packet.Ipv4(lab.ClientV4, StandardLab.RoutedVipV4).WithMacs(lab.Node.Mac("eth1"), host.Mac("eth0"));
        var pseudo = Checksum.PseudoHeader(request.Source, request.Destination, IpProtocol.Udp, 12);

        wire.Send(Encapsulate(request.Udp(40000, 53, "pong"u8.ToArray()).WithTransportChecksum(0x1234), 4).ToFrame());
        wire.Send(Encapsulate(request.Udp(40001, 53, "ping"u8.ToArray()).WithTransportChecksum((ushort)~Checksum.Finish(pseudo)), 4).ToFrame());

        await client.WaitForAsync(packet => packet.DestinationPort == 40001, "answer by UDP");
        client.Packets.Should().NotContain(packet => packet.DestinationPort == 40000);
    }

    private static PacketBuilder Encapsulate(PacketBuilder inner, int outer) => outer == 4
        ? inner.Encapsulate(StandardLab.NodeEndpointV4, StandardLab.EndpointV4(0))
        : inner.Encapsulate(StandardLab.NodeEndpointV6, StandardLab.EndpointV6(0));
}
