using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>NAT64 and NAT46 (RFC 7915): whole packets, there and back, byte for byte. The family of a case is the client's.</summary>
public sealed class TranslatedFamilyTests
{
    private static readonly ServiceProtocol[] Protocols = [ServiceProtocol.Tcp, ServiceProtocol.Udp, ServiceProtocol.Icmp];

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void Default_ComesFromTheNode(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Protocols)
        {
            world.With(Service(world, protocol));
            Conversation(world, protocol).Check();
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void AnyLengthOfData_IsSummedRight(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Protocols)
        {
            world.With(Service(world, protocol));
            ushort port = 30000;
            foreach (var length in (int[])[0, 1, 2, 3, 63, 64, 65, 700, 1211, 1212, 1213, 1231, 1232, 1233])
            {
                (Conversation(world, protocol) with { Data = Packet.Counting(length), ClientPort = port++ }).Check();
            }
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Pool_IsOfTheEndpointsFamily(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var source = family == 4 ? "2001:db8:113::101" : "203.0.113.101";
        world.Pools(new SourcePool { Name = "pool", Addresses = [IPAddress.Parse("203.0.113.101"), IPAddress.Parse("2001:db8:113::101")] });
        foreach (var mode in (NatMode[])[NatMode.Default, NatMode.OneArm, NatMode.FullNat])
        {
            foreach (var protocol in Protocols)
            {
                world.With(Service(world, protocol) with { SourcePool = "pool", Mode = mode });
                (Conversation(world, protocol) with { Source = source, ClientPort = (ushort)(40000 + (int)mode) }).Check();
            }
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void OnePort_IsGivenOnce(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Protocols)
        {
            world.With(Service(world, protocol));
            Conversation(world, protocol).Check();
            var other = Conversation(world, protocol) with { Client = world.OtherClient };
            var sent = world.Send(other.First(world.ToVip(world.OtherClient), 40000, World.Port));
            var port = protocol == ServiceProtocol.Icmp ? (ushort)(sent.Packet.IcmpRest >> 16) : sent.Packet.SourcePort;
            port.Should().NotBe(40000);
            (other with { SourcePort = port }).Back(other.Answer);
        }
    });

    /// <summary>RFC 7915 4.1, 5.1: the class of traffic is copied, a flow label is not made up.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void TrafficClass_IsKept(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp));
        foreach (var tos in (byte[])[0, 1, 3, 0xb8, 0xff])
        {
            var sent = world.Send(world.ToVip().WithTrafficClass(tos).WithFlowLabel(0xabcde).Udp(5353, World.Port, [1]));
            sent.Verdict.Should().Be(Verdict.Sent, sent.ToString());
            sent.Packet.TrafficClass.Should().Be(tos);
            sent.Packet.ChecksumsValid.Should().BeTrue();
            (sent.Packet.IsV6 ? sent.Frame[15] & 0xf : 0).Should().Be(0);
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void TaggedClients_GetTheirTagsBack(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Protocols)
        {
            world.With(Service(world, protocol));
            (Conversation(world, protocol) with { ClientPort = 41000, Tags = [(100, 0x8100)] }).Check();
            (Conversation(world, protocol) with { ClientPort = 42000, Tags = [(100, 0x88a8), (200, 0x8100)] }).Check();
        }
    });

    /// <summary>Headers of IPv6 are 20 bytes longer.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void LargestPacket_IsTheOneThatFitsTranslated(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp));
        using var user = new UserSpace(world);
        var (most, headers) = family == 4 ? (1480, 28) : (1520, 48);
        (Conversation(world, ServiceProtocol.Udp) with { Data = Packet.Counting(most - headers) }).There((p, from, to) => p.Udp(from, to, Packet.Counting(most - headers)));
        var packet = world.ToVip().Udp(40000, World.Port, Packet.Counting(most - headers + 1));

        world.Send(packet).Verdict.Should().Be(Verdict.Drop);

        var answer = user.Work().Should().ContainSingle().Subject;
        Expect.Error(world, answer, family == 4 ? (3, 4) : (2, 0), world.Node, packet);
        (answer.IcmpRest & 0xffff).Should().Be((uint)most);
    });

    /// <summary>The kernel cuts translated segments as large as before: with IPv6 headers they do not fit any more.</summary>
    [Fact]
    public void SegmentsThatAreCutLater_MustFitTranslated() => World.Run(Hook.Tc, 4, world =>
    {
        world.With(Service(world, ServiceProtocol.Tcp));
        Conversation(world, ServiceProtocol.Tcp).Check();
        var frame = world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1006, 5001, payload: Packet.Counting(3000)).ToFrame();

        world.Send(frame, 1460).Verdict.Should().Be(Verdict.Drop);
        world.TakePunts().Should().Equal(RawReason.RefusedTooBig);
        world.Send(frame, 1440).Verdict.Should().Be(Verdict.Sent);
    });

    /// <summary>What is more than a header is user space's.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void WhatIsHard_GoesToUserSpace(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp), Service(world, ServiceProtocol.Tcp));
        Conversation(world, ServiceProtocol.Udp).Check();
        Conversation(world, ServiceProtocol.Tcp).Check();
        var back = Packet.Ip(world.Vip, world.Client).Tcp(World.Port, 40000, TcpBits.Ack, 5001, 1001).ToIp();
        var fragments = world.ToVip().Udp(40000, World.Port, Packet.Counting(400)).Fragments(168);
        List<PacketBuilder> hard =
        [
            fragments[0],
            fragments[1],
            world.ToVip().PacketTooBig(back, 1300),
            family == 4 ? world.ToVip().Udp(40000, World.Port, [1], zeroChecksum: true) : world.ToVip().DestinationOptions().Udp(40000, World.Port, [1]),
            family == 4 ? world.ToVip().WithIpv4Options(1, 1, 1, 0).Udp(40000, World.Port, [1]) : world.ToVip().HopByHop().Tcp(40000, World.Port, TcpBits.Ack, 1006, 5001),
        ];
        foreach (var packet in hard)
        {
            var outcome = world.Send(packet);
            outcome.Verdict.Should().Be(Verdict.Drop, outcome.ToString());
            world.TakePunts().Should().Equal([RawReason.TranslatedByNode], outcome.ToString());
        }
    });

    /// <summary>NAT66 is what the other modes do with IPv6; here the families differ within one service.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void EndpointsOfBothFamilies_TakeTurns(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp);
        world.With(service with { Endpoints = [.. service.Endpoints, .. Service(world, ServiceProtocol.Tcp).Endpoints] });

        var families = Enumerable.Range(0, 8).Select(i => world.Send(world.ToVip().Tcp((ushort)(40000 + i), World.Port)).Packet.IsV6).ToList();

        families.Count(v6 => v6).Should().Be(4);
    });

    private static Service Service(World world, ServiceProtocol protocol)
    {
        var service = world.Service(protocol);
        return service with { Endpoints = [.. service.Endpoints.Select(e => e with { Address = IPAddress.Parse(World.EndpointOf(Other(world), 0)) })] };
    }

    private static Conversation Conversation(World world, ServiceProtocol protocol) =>
        new(world, protocol) { Endpoint = World.EndpointOf(Other(world), 0), Source = World.NodeOf(Other(world)) };

    private static int Other(World world) => world.Family == 4 ? 6 : 4;
}
