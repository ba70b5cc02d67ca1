using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

public sealed class TranslationTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void TcpSynToService_IsTranslatedAndSent(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var sent = world.WithTcp().Send(world.ToVip().Tcp(40000, World.Port, payload: [1, 2, 3]));

        Expect.ToEndpoint(world, sent);
        sent.Packet.TransportChecksumValid.Should().BeTrue();
        sent.Packet.SourcePort.Should().Be(40000);
        sent.Packet.DestinationPort.Should().Be(World.EndpointPort);
        sent.Packet.Payload.ToArray().Should().Equal(1, 2, 3);
        world.Flows.Should().HaveCount(2);
        world.Connection.State.Should().Be(ConnectionState.SynSent);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void TcpReply_IsTranslatedBack(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp().Send(world.ToVip().Tcp(40000, World.Port));

        var back = world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001));

        Expect.ToClient(world, back);
        back.Packet.SourcePort.Should().Be(World.Port);
        back.Packet.DestinationPort.Should().Be(40000);
        back.Packet.TransportChecksumValid.Should().BeTrue();
        world.Flows.Should().HaveCount(2);
        world.Connection.PacketsToEndpoint.Should().Be(1);
        world.Connection.PacketsToClient.Should().Be(1);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void Udp_IsTranslatedBothWays(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));

        var there = world.Send(world.ToVip().Udp(5353, World.Port, [1, 2, 3, 4, 5]));
        Expect.ToEndpoint(world, there);
        there.Packet.TransportChecksumValid.Should().BeTrue();
        there.Packet.DestinationPort.Should().Be(World.EndpointPort);
        world.Connection.State.Should().Be(ConnectionState.OneWay);

        var back = world.Send(world.FromEndpoint().Udp(World.EndpointPort, 5353, [9]));
        Expect.ToClient(world, back);
        back.Packet.TransportChecksumValid.Should().BeTrue();
        back.Packet.SourcePort.Should().Be(World.Port);
        world.Connection.State.Should().Be(ConnectionState.TwoWay);
        world.Flows.Should().HaveCount(2);
    });

    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void UdpWithoutChecksum_StaysWithout(Hook hook) => World.Run(hook, 4, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));

        var sent = world.Send(world.ToVip().Udp(5353, World.Port, [1, 2, 3], zeroChecksum: true));

        Expect.ToEndpoint(world, sent);
        sent.Packet.TransportChecksum.Should().Be(0);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void IcmpEcho_IsTranslatedBothWays(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Icmp));

        var there = world.Send(world.ToVip().IcmpEcho(77, 1, [1, 2, 3, 4]));
        Expect.ToEndpoint(world, there);
        there.Packet.TransportChecksumValid.Should().BeTrue();
        there.Packet.IcmpRest.Should().Be((77 << 16) | 1);

        var back = world.Send(world.FromEndpoint().IcmpEcho(77, 1, [1, 2, 3, 4], reply: true));
        Expect.ToClient(world, back);
        back.Packet.TransportChecksumValid.Should().BeTrue();
        back.Packet.IcmpRest.Should().Be((77 << 16) | 1);
        world.Connection.State.Should().Be(ConnectionState.TwoWay);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void NoService_PassesUnchanged(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();

        Expect.Untouched(world.Send(world.ToVip().Tcp(40000, 81)));
        Expect.Untouched(world.Send(world.ToVip().Udp(40000, World.Port)));
        Expect.Untouched(world.Send(world.ToVip(vip: world.OtherVip).Tcp(40000, World.Port)));
        Expect.Untouched(world.Send(world.ToVip().IcmpEcho(1, 1)));
        Expect.Untouched(world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Ack)));
        Expect.Untouched(world.Send(Packet.Arp(World.ClientMac, "192.0.2.2", "192.0.2.1")));
        world.Flows.Should().BeEmpty();
        world.TakePunts().Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void LastHop_IsDroppedAndPunted(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var sent = world.WithTcp().Send(world.ToVip().Tcp(40000, World.Port).WithTtl(1));

        sent.Verdict.Should().Be(Verdict.Drop);
        world.TakePunts().Should().Equal(RawReason.RefusedTtl);
        world.Flows.Should().BeEmpty();

        world.Send(world.ToVip().Tcp(40000, World.Port));
        world.Send(world.ToVip().Tcp(40000, World.Port).WithTtl(1)).Verdict.Should().Be(Verdict.Drop);
        world.TakePunts().Should().Equal(RawReason.RefusedTtl);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void OneTag_IsTakenOffThereAndPutOnBack(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var there = world.WithTcp().Send(world.ToVip().Vlan(100, priority: 3).Tcp(40000, World.Port));
        Expect.ToEndpoint(world, there);
        there.Packet.Vlans.Should().BeEmpty();

        var back = world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack));
        Expect.ToClient(world, back);
        // A tag that TC pushes lies beside the data of the skb: a test run does not show it.
        if (hook == Hook.Tc)
        {
            return;
        }

        back.Packet.Vlan.Should().Be(100);
        back.Packet.Vlans.Should().HaveCount(1);
        back.Packet.Vlans[0].Tpid.Should().Be(0x8100);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void TwoTags_AreTakenOffThereAndPutOnBack(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var there = world.WithTcp().Send(world.ToVip().Vlan(100, tpid: 0x88a8).Vlan(200).Tcp(40000, World.Port));
        Expect.ToEndpoint(world, there);
        there.Packet.Vlans.Should().BeEmpty();

        var back = world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack));
        Expect.ToClient(world, back);
        if (hook == Hook.Tc)
        {
            // The outer tag lies beside the data of the skb: a test run does not show it.
            back.Packet.Vlans.Should().Equal(((ushort)0x8100, (ushort)200));
            return;
        }

        back.Packet.Vlans.Should().Equal(((ushort)0x88a8, (ushort)100), ((ushort)0x8100, (ushort)200));
    });

    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void Ipv4Options_AreKept(Hook hook) => World.Run(hook, 4, world =>
    {
        var sent = world.WithTcp().Send(world.ToVip().WithIpv4Options(1, 1, 1, 1, 1, 1, 1, 0).Tcp(40000, World.Port, payload: [7]));

        Expect.ToEndpoint(world, sent);
        sent.Packet.TransportChecksumValid.Should().BeTrue();
        sent.Packet.TransportOffset.Should().Be(14 + 28);
        sent.Packet.DestinationPort.Should().Be(World.EndpointPort);
    });

    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void Ipv6OptionHeaders_AreKept(Hook hook) => World.Run(hook, 6, world =>
    {
        var sent = world.WithTcp().Send(world.ToVip().HopByHop().DestinationOptions(16).Tcp(40000, World.Port, payload: [7]));

        Expect.ToEndpoint(world, sent);
        sent.Packet.TransportChecksumValid.Should().BeTrue();
        sent.Packet.Extensions.Should().Equal(IpProtocol.HopByHop, IpProtocol.DestinationOptions);
        sent.Packet.DestinationPort.Should().Be(World.EndpointPort);
    });
}
