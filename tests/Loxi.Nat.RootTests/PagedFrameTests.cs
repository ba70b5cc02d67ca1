using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Linux.Netlink;
using Loxi.Nat.Interfaces;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Frames of which the programs see the Ethernet header alone until they ask for more. A test run makes linear ones: these come by a link.</summary>
public sealed class PagedFrameTests
{
    // What is behind it is too long for a page, and no datagram in pieces.
    private static readonly byte[] Payload = Packet.Counting(PagedSender.LeastLength);

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void HeadersInPages_AreReadAsFarAsTheyGo(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp), world.Service(ServiceProtocol.Udp));
        World.Ip("link set v0 mtu 9000");
        World.Ip("link set v1 mtu 9000");
        world.LookAgain();
        using var attachments = new InterfaceAttachments(world.Balancer.DataPlane, world.Options, NullLogger.Instance);
        attachments.Ensure(LinkOf("v0"), HookMode.Tc, isEgressWanted: false).Should().BeTrue();
        try
        {
            using var user = new UserSpace(world);
            using var sender = new PagedSender(Sandbox.IndexOf("v1"));
            ushort port = 40_000;
            foreach (var tagged in (PacketBuilder[])[world.ToVip(), world.ToVip().Vlan(7), world.ToVip().Vlan(7, tpid: 0x88a8).Vlan(8)])
            {
                foreach (var packet in (PacketBuilder[])[tagged, .. Longer(tagged)])
                {
                    foreach (var frame in (byte[][])[packet.Tcp(++port, World.Port, payload: Payload).ToFrame(), packet.Udp(++port, World.Port, Payload).ToFrame()])
                    {
                        sender.Send(frame);

                        var what = $"{new ParsedPacket(frame)}; counted: {Reasons(world)}";
                        var sent = user.TakeSent();
                        sent.Should().ContainSingle(what);
                        sent[0].Destination.Should().Be(IPAddress.Parse(world.Endpoint(0)), what);
                        sent[0].DestinationPort.Should().Be(World.EndpointPort, what);
                        sent[0].ChecksumsValid.Should().BeTrue(what);
                        sent[0].Payload.ToArray().Should().Equal(Payload);
                    }
                }
            }
        }
        finally
        {
            attachments.Purge();
        }
    });

    private static PacketBuilder[] Longer(PacketBuilder packet) => packet.Source.GetAddressBytes().Length == 4
        ? [packet.WithIpv4Options(1, 1, 1, 0), packet.WithIpv4Options([.. Enumerable.Repeat((byte)1, 40)])]
        : [packet.HopByHop(), packet.HopByHop().DestinationOptions(), packet.Extension(IpProtocol.DestinationOptions, new byte[1022])];

    private static string Reasons(World world) => string.Join(", ", world.Balancer.ReadReasons().Where(r => r.Packets > 0).Select(r => $"{r.Name} {r.Packets}"));

    private static Link LinkOf(string name)
    {
        using var client = new RtnetlinkClient();
        return client.GetLinks().Single(l => l.Name == name);
    }
}
