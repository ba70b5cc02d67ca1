using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Direct server return on the link: the destination MAC and the TTL change, nothing else.</summary>
public sealed class DsrTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void EndpointOnTheLink_GetsThePacketAsItIs(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.DsrService(protocol, world.Endpoint(0)));
            var conversation = new Conversation(world, protocol);
            foreach (var packet in (PacketBuilder[])[conversation.First(world.ToVip(), 40000, World.Port), conversation.Next(world.ToVip(), 40000, World.Port)])
            {
                Expect.Sent(world.Send(packet), Dsr.OnLink(packet, World.EndpointMac(0)), $"{protocol}");
            }

            world.EntryCount.Should().Be(1, "nothing comes back this way");
            world.ForgetPackets();
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Connection_IsFollowedByWhatTheClientSends(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.DsrService(ServiceProtocol.Tcp, world.Endpoint(0)));

        world.Send(world.ToVip().Tcp(40000, World.Port));
        world.Flows.Single().State.Should().Be((byte)RawFlowState.SynSent);
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001));
        world.Flows.Single().State.Should().Be((byte)RawFlowState.Established);
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Rst, 1001));
        world.Flows.Single().State.Should().Be((byte)RawFlowState.Reset);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Tags_AreTakenOff(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.DsrService(ServiceProtocol.Udp, world.Endpoint(0)));
        foreach (var packet in (PacketBuilder[])[world.ToVip().Vlan(7).Udp(5353, World.Port, [1]), world.ToVip().Vlan(7, tpid: 0x88a8).Vlan(8).Udp(5353, World.Port, [1])])
        {
            Expect.Sent(world.Send(packet), Dsr.OnLink(packet, World.EndpointMac(0)));
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Fragments_FollowTheFirstOne(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.DsrService(ServiceProtocol.Udp, world.Endpoint(0)));

        foreach (var fragment in world.ToVip().Udp(5353, World.Port, Packet.Counting(400)).Fragments(168))
        {
            Expect.Sent(world.Send(fragment), Dsr.OnLink(fragment, World.EndpointMac(0)));
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FragmentsInAnyOrder_ArriveAsTheyAre(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.DsrService(ServiceProtocol.Udp, world.Endpoint(0)));
        using var user = new UserSpace(world);
        var fragments = world.ToVip().Udp(5353, World.Port, Packet.Counting(400)).Fragments(168);

        foreach (var later in fragments.Skip(1).Reverse())
        {
            world.Send(later).Verdict.Should().Be(Verdict.Drop);
        }

        Expect.Sent(world.Send(fragments[0]), Dsr.OnLink(fragments[0], World.EndpointMac(0)));

        user.Work().Select(p => Convert.ToHexString(p.Bytes.Span)).Should()
            .BeEquivalentTo(fragments.Skip(1).Select(f => Convert.ToHexString(Dsr.OnLink(f, World.EndpointMac(0)).ToFrame())));
    });

    /// <summary>Without a tunnel the packet would be routed to the VIP again.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void EndpointBehindAGateway_WithoutATunnelIsUnreachable(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.DsrService(ServiceProtocol.Tcp, World.FarEndpointOf(family), TunnelMode.None));

        world.Send(world.ToVip().Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Drop);

        world.TakePunts().Should().Equal(RawReason.RefusedNoRoute);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void UnknownNeighbour_IsResolvedOnTcAndDroppedOnXdp(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var endpoint = family == 4 ? "192.0.2.77" : "2001:db8:2::77";
        world.With(world.DsrService(ServiceProtocol.Tcp, endpoint));

        var sent = world.Send(world.ToVip().Tcp(40000, World.Port));

        sent.Verdict.Should().Be(hook == Hook.Tc ? Verdict.Sent : Verdict.Drop, "the destination is the VIP still, which the stack would take for its own");
        world.Count(RawReason.NeighbourMissing).Should().Be(1);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void EndpointOnTheNode_GetsThePacketFromTheKernel(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.SetLocal(world.Node);
        world.With(world.DsrService(ServiceProtocol.Tcp, world.Node));
        var packet = world.ToVip().Tcp(40000, World.Port);

        Expect.Sent(world.Send(packet), packet, "", hook == Hook.Tc ? Verdict.PassRewritten : Verdict.Pass);
    });

    /// <summary>The kernel would take it for its own: nobody cuts it. Nor is it anything to it that the last packet was for the node itself.</summary>
    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void TooBigForTheLink_IsAnsweredAlsoWhereItMayBeCut(Hook hook) => World.Run(hook, 4, world =>
    {
        world.SetLocal(world.Node);
        world.With(world.DsrService(ServiceProtocol.Udp, world.Endpoint(0)), world.DsrService(ServiceProtocol.Tcp, world.Node));
        world.Send(world.ToVip().Udp(5353, World.Port, [1])).Verdict.Should().Be(Verdict.Sent);
        world.Send(world.ToVip().Tcp(40000, World.Port)).Verdict.Should().NotBe(Verdict.Drop);

        world.Send(world.ToVip().WithDontFragment(false).Udp(5353, World.Port, Packet.Counting(1473))).Verdict.Should().Be(Verdict.Drop);

        world.TakePunts().Should().Equal(RawReason.RefusedTooBig);
    });

    /// <summary>The endpoint's answers are not seen: who goes on has got one.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void PickedUpInItsMiddle_IsConfirmedByWhatFollows(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.DsrService(ServiceProtocol.Tcp, world.Endpoint(0)));
        var packet = world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001);
        world.Send(packet).Verdict.Should().Be(Verdict.Sent);
        world.Send(packet).Verdict.Should().Be(Verdict.Sent);
        world.Flows.Should().OnlyContain(f => (f.Flags & Shared.FlowLoose) != 0);

        world.Send(packet).Verdict.Should().Be(Verdict.Sent);

        world.Flows.Should().OnlyContain(f => (f.Flags & Shared.FlowLoose) == 0 && (f.Extra & Shared.ExtraEmbryo) == 0);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void LastHop_IsRefused(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.DsrService(ServiceProtocol.Tcp, world.Endpoint(0)));
        world.Send(world.ToVip().Tcp(40000, World.Port));

        world.Send(world.ToVip().Tcp(40000, World.Port).WithTtl(1)).Verdict.Should().Be(Verdict.Drop);

        world.TakePunts().Should().Equal(RawReason.RefusedTtl);
    });

    /// <summary>Errors about what the endpoint sends come to the VIP, so here.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void ErrorAboutAnAnswer_IsForwardedToTheEndpoint(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.DsrService(ServiceProtocol.Tcp, world.Endpoint(0)));
        world.Send(world.ToVip().Tcp(40000, World.Port));
        var answer = Packet.Ip(world.Vip, world.Client).Tcp(World.Port, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001).ToIp();
        foreach (var error in (PacketBuilder[])
                 [
                     world.ToVip().PortUnreachable(answer),
                     world.ToVip(world.OtherClient).TimeExceeded(answer),
                     world.ToVip(world.OtherClient).PacketTooBig(answer, 1300),
                 ])
        {
            Expect.Sent(world.Send(error), Dsr.OnLink(error, World.EndpointMac(0)));
        }

        world.Send(world.ToVip(world.OtherClient).TimeExceeded(answer).WithTransportChecksum(1)).Verdict.Should().Be(Verdict.Drop);
        world.Count(RawReason.DropBadChecksum).Should().Be(1);
    });
}
