using System.Net;
using System.Net.NetworkInformation;
using FluentAssertions;
using Loxi.Core.Roles;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Packets of a VIP group are handed to another node, once.</summary>
public sealed class RedirectTests
{
    private const string PeerMac = "02:00:00:00:00:e3";
    private const string Group = "red";

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void OnALink_OnlyTheMacAddressesChange(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { VipGroup = Group });
            world.Balancer.Gates.SetRedirect(Group, null);
            var conversation = new Conversation(world, protocol);
            conversation.Check();
            RedirectOnLink(world);
            var before = world.FlowBytes;
            foreach (var packet in (PacketBuilder[])
                     [
                         conversation.Next(world.ToVip(), 40000, World.Port),
                         conversation.First(world.ToVip(), 40001, World.Port),
                         conversation.Answer(world.FromEndpoint(), World.EndpointPort, 40000),
                         conversation.Answer(world.FromEndpoint(), World.EndpointPort, 40777),
                         conversation.First(world.ToVip(), 40001, 4444),
                     ])
            {
                Expect.Sent(world.Send(packet), packet.WithMacs(World.NodeMac, PeerMac), $"{protocol}");
            }

            world.FlowBytes.Should().Equal(before, "the other node keeps the connection");
            world.ForgetPackets();
        }
    });

    /// <summary>Who gives a group away keeps what it has, and hands over what begins or is not known.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void WhoGivesAway_KeepsItsConnections_AndHandsTheRestOver(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { VipGroup = Group });
            var conversation = new Conversation(world, protocol);
            conversation.There(conversation.First);
            RedirectOnLink(world, RedirectScope.Beginning);
            conversation.Back(conversation.Answer);
            conversation.There(conversation.Next);
            var before = world.FlowBytes;
            foreach (var packet in (PacketBuilder[])
                     [
                         conversation.First(world.ToVip(), 40001, World.Port),
                         conversation.Next(world.ToVip(), 40001, World.Port),
                         conversation.Answer(world.FromEndpoint(), World.EndpointPort, 40777),
                     ])
            {
                Expect.Sent(world.Send(packet), packet.WithMacs(World.NodeMac, PeerMac), $"{protocol}");
            }

            world.FlowBytes.Should().Equal(before);
            world.ForgetPackets();
            world.Balancer.Gates.SetRedirect(Group, null);
        }
    });

    /// <summary>Who takes a group begins connections, and hands back what only the other node can know.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void WhoTakes_BeginsConnections_AndHandsBackWhatItDoesNotKnow(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { VipGroup = Group });
            RedirectOnLink(world, RedirectScope.Unknown);
            var conversation = new Conversation(world, protocol);
            conversation.Check();
            foreach (var packet in (PacketBuilder[])
                     [
                         .. protocol is ServiceProtocol.Tcp or ServiceProtocol.Sctp ? [conversation.Next(world.ToVip(), 40001, World.Port)] : (PacketBuilder[])[],
                         conversation.Answer(world.FromEndpoint(), World.EndpointPort, 40777),
                     ])
            {
                Expect.Sent(world.Send(packet), packet.WithMacs(World.NodeMac, PeerMac), $"{protocol}");
            }

            world.ForgetPackets();
            world.Balancer.Gates.SetRedirect(Group, null);
        }
    });

    /// <summary>The silence is that of packets that a redirect is for: of who gives away also those of connections that it keeps, of who takes those that it hands back.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Silence_CountsWhatTheRedirectIsFor(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var gates = world.Balancer.Gates;
        world.With(world.Service(ServiceProtocol.Tcp) with { VipGroup = Group });
        var conversation = new Conversation(world, ServiceProtocol.Tcp);
        conversation.Check();
        gates.ReadRedirectSilence(Group).Should().BeNull();

        foreach (var (scope, counts) in new[] { (RedirectScope.Beginning, true), (RedirectScope.Unknown, false) })
        {
            RedirectOnLink(world, scope);
            gates.ReadRedirectSilence(Group).Should().BeNull("none came yet");
            conversation.There(conversation.Next);
            gates.ReadRedirectSilence(Group).HasValue.Should().Be(counts, $"{scope}");
            world.Send(conversation.Answer(world.FromEndpoint(), World.EndpointPort, 40777));
            gates.ReadRedirectSilence(Group).Should().NotBeNull().And.BeLessThan(TimeSpan.FromSeconds(5));
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void WhatIsPrepared_BeginsWhenItIsTold(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var gates = world.Balancer.Gates;
        world.With(world.Service(ServiceProtocol.Udp) with { VipGroup = Group });
        gates.BeginRedirect(Group).Should().BeFalse("nothing is prepared");
        gates.PrepareRedirect(Group, PeerRedirect.OnLink(Sandbox.IndexOf("v0"), Mac(PeerMac), Mac(World.NodeMac)));
        new Conversation(world, ServiceProtocol.Udp).Check();

        gates.BeginRedirect(Group).Should().BeTrue();

        var packet = world.ToVip().Udp(40002, World.Port, [1]);
        Expect.Sent(world.Send(packet), packet.WithMacs(World.NodeMac, PeerMac), "handed over");
        gates.SetRedirect(Group, null);
        gates.BeginRedirect(Group).Should().BeFalse();
    });

    /// <summary>A packet that the peer has handed over is served here, also while this node would hand it back.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void OnALink_WhatComesFromThePeerIsServed(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { VipGroup = Group });
            RedirectOnLink(world);
            var conversation = new Conversation(world, protocol);
            var first = conversation.First(world.ToVip().WithMacs(PeerMac, World.NodeMac), 40000, World.Port);
            var expected = conversation.First(Packet.Ip(world.Client, world.Endpoint(0)).WithMacs(World.NodeMac, World.EndpointMac(0)).WithTtl(63), 40000, World.EndpointPort);
            Expect.Sent(world.Send(first), expected, $"{protocol}");

            // Unknown to this node as well: back to nobody.
            Expect.Untouched(world.Send(new Conversation(world, ServiceProtocol.Udp).First(world.ToVip().WithMacs(PeerMac, World.NodeMac), 40000, 4444)));
            world.ForgetPackets();
            world.Balancer.Gates.SetRedirect(Group, null);
        }
    });

    [Theory]
    [ClassData(typeof(TunnelCases))]
    [Trait("Suite", "Kernels")]
    public void InATunnel_ThePacketIsWrapped(Hook hook, int family, int outer) => World.Run(hook, family, world =>
    {
        world.KeepsSum = false;
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { VipGroup = Group });
            RedirectInTunnel(world, outer);
            var conversation = new Conversation(world, protocol);
            foreach (var packet in (PacketBuilder[])
                     [
                         conversation.First(world.ToVip(), 40001, World.Port),
                         conversation.First(world.ToVip().Vlan(7), 40001, World.Port),
                         conversation.Answer(world.FromEndpoint(), World.EndpointPort, 40777),
                         conversation.First(world.ToVip(), 40001, 4444),
                     ])
            {
                var sent = world.Send(packet);
                Expect.Sent(sent, Dsr.InTunnel(packet, World.EndpointOf(outer, 3), World.EndpointMac(3), sent), $"{protocol}");
            }

            world.EntryCount.Should().Be(0);
            world.Balancer.Gates.SetRedirect(Group, null);
        }
    });

    [Theory]
    [ClassData(typeof(TunnelCases))]
    [Trait("Suite", "Kernels")]
    public void InATunnel_WhatComesFromThePeerIsTakenOutAndServed(Hook hook, int family, int outer) => World.Run(hook, family, world =>
    {
        world.KeepsSum = false;
        world.SetLocal(World.NodeOf(outer));
        world.Balancer.Gates.SetPeers([IPAddress.Parse(World.EndpointOf(outer, 3))]);
        foreach (var redirects in (bool[])[false, true])
        {
            foreach (var protocol in Conversation.Protocols)
            {
                world.With(world.Service(protocol) with { VipGroup = Group });
                if (redirects)
                {
                    RedirectInTunnel(world, outer);
                }

                var conversation = new Conversation(world, protocol);
                var outcome = world.Send(FromPeer(conversation.First(world.ToVip(), 40000, World.Port), outer));
                var expected = conversation.First(Packet.Ip(world.Client, world.Endpoint(0)).WithMacs(World.NodeMac, World.EndpointMac(0)).WithTtl(63), 40000, World.EndpointPort);
                Expect.Sent(outcome, expected, $"{protocol}");
                var back = conversation.Answer(world.FromEndpoint(), World.EndpointPort, 40000);
                Expect.Sent(
                    world.Send(FromPeer(back, outer)),
                    conversation.Answer(Packet.Ip(world.Vip, world.Client).WithMacs(World.NodeMac, World.ClientMac).WithTtl(63), World.Port, 40000),
                    $"{protocol} back");
                world.ForgetPackets();
            }
        }

        world.Count(RawReason.TakenFromPeer).Should().Be((ulong)Conversation.Protocols.Count * 4);
    });

    [Theory]
    [ClassData(typeof(TunnelCases))]
    public void TunnelsOfOthers_AreLeftAlone(Hook hook, int family, int outer) => World.Run(hook, family, world =>
    {
        world.SetLocal(World.NodeOf(outer));
        world.Balancer.Gates.SetPeers([IPAddress.Parse(World.EndpointOf(outer, 3))]);
        world.WithTcp();
        var inner = world.ToVip().Tcp(40000, World.Port);

        // From somebody else; and from a peer, but for somebody else behind this node.
        Expect.Untouched(world.Send(inner.Encapsulate(World.EndpointOf(outer, 2), World.NodeOf(outer)).WithMacs(World.EndpointMac(2), World.NodeMac)));
        Expect.Untouched(world.Send(inner.Encapsulate(World.EndpointOf(outer, 3), World.FarEndpointOf(outer)).WithMacs(World.EndpointMac(3), World.NodeMac)));
        world.EntryCount.Should().Be(0);
    });

    /// <summary>What fragments carry is known to the node that has seen the first one: all of them go there.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Fragments_AreHandedOverInAnyOrder(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp) with { VipGroup = Group });
        RedirectOnLink(world);
        var there = world.ToVip().Udp(5353, World.Port, Packet.Counting(400)).Fragments(168, 1);
        var back = world.FromEndpoint().Udp(World.EndpointPort, 5353, Packet.Counting(400)).Fragments(168, 2);
        foreach (var fragment in there.Reverse().Concat(back.Reverse()).Concat(there).Concat(back))
        {
            Expect.Sent(world.Send(fragment), fragment.WithMacs(World.NodeMac, PeerMac), "fragment");
        }

        world.TakePunts().Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Errors_AreHandedOver(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp) with { VipGroup = Group });
        RedirectOnLink(world);
        var there = Packet.Ip(world.Client, world.Endpoint(0)).Udp(5353, World.EndpointPort, [1]).ToIp();
        var back = Packet.Ip(world.Vip, world.Client).Udp(World.Port, 5353, [1]).ToIp();
        foreach (var error in (PacketBuilder[])[world.FromEndpoint().PortUnreachable(there), world.ToVip().PortUnreachable(back), world.ToVip(world.OtherClient).TimeExceeded(back)])
        {
            Expect.Sent(world.Send(error), error.WithMacs(World.NodeMac, PeerMac), "error");
        }
    });

    /// <summary>What has no hop left is not handed over, and what is for others is not either.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void OnlyTheGroup_IsHandedOver(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(
            world.Service(ServiceProtocol.Tcp) with { VipGroup = Group },
            world.Service(ServiceProtocol.Tcp, vip: world.OtherVip, first: 1));
        RedirectOnLink(world);

        world.Send(world.ToVip().Tcp(40000, World.Port).WithTtl(1)).Verdict.Should().Be(Verdict.Drop);
        Expect.ToEndpoint(world, world.Send(world.ToVip(vip: world.OtherVip).Tcp(40000, World.Port)), 1);
        Expect.Untouched(world.Send(world.ToVip(vip: world.Node).Tcp(40000, 22)));
        Expect.Untouched(world.Send(world.FromEndpoint(1).Tcp(World.EndpointPort, 41000, TcpBits.Ack)));
        world.Count(RawReason.RedirectedToPeer).Should().Be(0);
    });

    [Theory]
    [ClassData(typeof(TunnelCases))]
    public void TooBigForTheTunnel_IsToldWhatFitsInside(Hook hook, int family, int outer) => World.Run(hook, family, world =>
    {
        world.KeepsSum = false;
        world.With(world.Service(ServiceProtocol.Udp) with { VipGroup = Group });
        RedirectInTunnel(world, outer);
        using var user = new UserSpace(world);
        var most = 1500 - (outer == 4 ? 20 : 40);
        var headers = (family == 4 ? 20 : 40) + 8;
        var fits = world.ToVip().Udp(5353, World.Port, Packet.Counting(most - headers));
        var sent = world.Send(fits);
        Expect.Sent(sent, Dsr.InTunnel(fits, World.EndpointOf(outer, 3), World.EndpointMac(3), sent), "it fits");
        var packet = world.ToVip().Udp(5353, World.Port, Packet.Counting(most - headers + 1));

        world.Send(packet).Verdict.Should().Be(Verdict.Drop);

        var answer = user.Work().Should().ContainSingle().Subject;
        Expect.Error(world, answer, family == 4 ? (3, 4) : (2, 0), world.Node, packet);
        (answer.IcmpRest & 0xffff).Should().Be((uint)most);
        world.Send(packet.WithDontFragment(false)).Verdict.Should().Be(Verdict.Drop, "the other end takes no tunnel in pieces");
        world.Count(RawReason.RefusedTooBig).Should().Be(2);
    });

    private static void RedirectOnLink(World world, RedirectScope scope = RedirectScope.All) =>
        world.Balancer.Gates.SetRedirect(Group, PeerRedirect.OnLink(Sandbox.IndexOf("v0"), Mac(PeerMac), Mac(World.NodeMac)) with { Scope = scope });

    private static void RedirectInTunnel(World world, int outer) =>
        world.Balancer.Gates.SetRedirect(Group, PeerRedirect.InTunnel(IPAddress.Parse(World.EndpointOf(outer, 3)), IPAddress.Parse(World.NodeOf(outer))));

    /// <summary>As the peer sends it: its tunnel begins at its own address and ends at this node's.</summary>
    private static PacketBuilder FromPeer(PacketBuilder inner, int outer) =>
        inner.WithMacs(World.EndpointMac(3), World.NodeMac).Encapsulate(World.EndpointOf(outer, 3), World.NodeOf(outer));

    private static PhysicalAddress Mac(string text) => PhysicalAddress.Parse(text.ToUpperInvariant().Replace(':', '-'));
}
