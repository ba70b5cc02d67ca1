using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Direct server return in a tunnel: the packet as it is, but for its TTL, behind an outer header (RFC 2003, RFC 2473, RFC 4213).</summary>
public sealed class DsrTunnelTests
{
    [Theory]
    [ClassData(typeof(TunnelCases))]
    [Trait("Suite", "Kernels")]
    public void EveryProtocol_IsEncapsulated(Hook hook, int family, int outer) => Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.DsrService(protocol, World.EndpointOf(outer, 0), family == outer ? TunnelMode.Ipip : TunnelMode.Auto));
            var conversation = new Conversation(world, protocol);
            foreach (var packet in (PacketBuilder[])[conversation.First(world.ToVip(), 40000, World.Port), conversation.Next(world.ToVip(), 40000, World.Port)])
            {
                Tunnelled(world, packet, outer, $"{protocol}");
            }

            world.EntryCount.Should().Be(1, "nothing comes back this way");
            world.ForgetPackets();
        }
    });

    /// <summary>RFC 6040 4.1: class and congestion notification are those of the packet. RFC 2003 3.1: so is DF.</summary>
    [Theory]
    [ClassData(typeof(TunnelCases))]
    [Trait("Suite", "Kernels")]
    public void OuterHeader_TakesClassAndDontFragment(Hook hook, int family, int outer) => Run(hook, family, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp, outer));
        foreach (var tos in (byte[])[0, 1, 2, 3, 0xb8, 0xbb, 0xff])
        {
            Tunnelled(world, world.ToVip().WithTrafficClass(tos).Udp(5353, World.Port, [1, 2, 3]), outer, $"class {tos}");
            Tunnelled(world, world.ToVip().WithTrafficClass(tos).WithDontFragment(false).WithTtl(2).Udp(5353, World.Port, [1, 2, 3]), outer, $"class {tos}, may be fragmented");
        }
    });

    /// <summary>RFC 6864 4.1: outer headers that may be fragmented have an identification each.</summary>
    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void OuterHeadersThatMayBeFragmented_AreToldApart(Hook hook) => Run(hook, 4, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp, 4));

        var numbers = Enumerable.Range(0, 20).Select(_ => world.Send(world.ToVip().WithDontFragment(false).Udp(5353, World.Port, [1])).Packet.Identification);

        numbers.Distinct().Should().HaveCountGreaterThan(15);
    });

    [Theory]
    [ClassData(typeof(TunnelCases))]
    public void Fragments_FollowTheFirstOne(Hook hook, int family, int outer) => Run(hook, family, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp, outer));

        foreach (var fragment in world.ToVip().Udp(5353, World.Port, Packet.Counting(400)).Fragments(168))
        {
            Tunnelled(world, fragment, outer, "fragment");
        }
    });

    [Theory]
    [ClassData(typeof(TunnelCases))]
    public void FragmentsInAnyOrder_GoThroughTheTunnel(Hook hook, int family, int outer) => Run(hook, family, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp, outer));
        using var user = new UserSpace(world);
        var fragments = world.ToVip().Udp(5353, World.Port, Packet.Counting(400)).Fragments(168);

        foreach (var later in fragments.Skip(1).Reverse())
        {
            world.Send(later).Verdict.Should().Be(Verdict.Drop);
        }

        Tunnelled(world, fragments[0], outer, "the first one");

        var sent = user.Work();
        sent.Should().HaveCount(fragments.Count - 1);
        foreach (var (packet, fragment) in sent.OrderBy(p => p.Inner!.FragmentOffset).Zip(fragments.Skip(1)))
        {
            var outcome = new Outcome(Verdict.Sent, [], packet.Bytes.ToArray(), () => "");
            Expect.Sent(outcome, Dsr.InTunnel(fragment, World.EndpointOf(outer, 0), World.EndpointMac(0), outcome), "a later one");
        }
    });

    /// <summary>With the outer header a full fragment is longer than the link: it goes in pieces.</summary>
    [Theory]
    [InlineData(Hook.Tc, 4)]
    [InlineData(Hook.Tc, 6)]
    [InlineData(Hook.Xdp, 4)]
    [InlineData(Hook.Xdp, 6)]
    public void FullFragmentsBeforeTheFirstOne_GoThroughTheTunnelInPieces(Hook hook, int outer) => Run(hook, 4, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp, outer));
        using var user = new UserSpace(world);
        var datagram = world.ToVip().WithDontFragment(false).Udp(5353, World.Port, Packet.Counting(4000));
        var fragments = datagram.Fragments(1500);
        fragments.Should().HaveCount(3);
        foreach (var later in fragments.Skip(1).Reverse())
        {
            world.Send(later).Verdict.Should().Be(Verdict.Drop);
        }

        world.Send(fragments[0]);

        // What was held, and the first one where it is cut by the node too (an IPv6 outer header is never fragmented).
        List<ParsedPacket> sent = [.. user.Work(), .. user.Work()];
        user.Punts.Fragments.Unsent.Should().Be(0);
        sent.Should().OnlyContain(p => p.IpLength <= 1500 && p.Destination!.Equals(IPAddress.Parse(World.EndpointOf(outer, 0))) && p.DestinationMac == World.EndpointMac(0));
        var inner = sent.Select(p => p.Inner!).Where(p => outer == 6 || p.FragmentOffset > 0).OrderBy(p => p.FragmentOffset).ToArray();
        inner.Should().OnlyContain(p => p.Ttl == 63 && p.IpChecksumValid && p.Identification == new ParsedPacket(datagram.ToFrame()).Identification);
        inner[^1].MoreFragments.Should().BeFalse();
        var first = outer == 6 ? 0 : 1480;
        inner.SelectMany(p => p.Bytes[p.TransportOffset..(p.IpOffset + p.IpLength)].ToArray()).Should().Equal(datagram.ToIp()[(20 + first)..]);
    });

    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void ChecksumLeftToTheDevice_IsWholeBeforeThePacketIsCut(Hook hook) => Run(hook, 4, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp, 6));
        using var user = new UserSpace(world);
        var packet = world.ToVip().WithDontFragment(false).Udp(5353, World.Port, Packet.Counting(1472));

        world.Send(packet.WithChecksumLeftToTheDevice()).Verdict.Should().Be(Verdict.Drop);

        var sent = user.Work();
        sent.Should().HaveCount(2).And.OnlyContain(p => p.IpLength <= 1280);
        var inner = sent.Select(p => p.Inner!).OrderBy(p => p.FragmentOffset);
        inner.SelectMany(p => p.Bytes[p.TransportOffset..(p.IpOffset + p.IpLength)].ToArray()).Should().Equal(packet.ToIp()[20..]);
    });

    [Theory]
    [ClassData(typeof(TunnelCases))]
    public void Tags_AreTakenOff(Hook hook, int family, int outer) => Run(hook, family, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp, outer));
        Tunnelled(world, world.ToVip().Vlan(7).Udp(5353, World.Port, [1]), outer, "one tag");
        Tunnelled(world, world.ToVip().Vlan(7, tpid: 0x88a8).Vlan(8).Udp(5353, World.Port, [1]), outer, "two tags");
    });

    [Theory]
    [ClassData(typeof(TunnelCases))]
    public void Extensions_AreOfThePacketInside(Hook hook, int family, int outer) => Run(hook, family, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp, outer));
        var packet = family == 4 ? world.ToVip().WithIpv4Options(1, 1, 1, 0) : world.ToVip().HopByHop().DestinationOptions();

        Tunnelled(world, packet.Udp(5353, World.Port, [1, 2, 3]), outer, "options");
    });

    /// <summary>A gateway on the way: a tunnel; a route without one: the link. Both within one connection.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void Auto_FollowsTheRoute(Hook hook, int family) => Run(hook, family, world =>
    {
        var far = World.FarEndpointOf(family);
        world.With(world.DsrService(ServiceProtocol.Udp, far));
        var packet = world.ToVip().Udp(5353, World.Port, [1, 2, 3]);
        var first = world.Send(packet);
        Expect.Sent(first, Dsr.InTunnel(packet, far, World.ClientMac, first), "behind the gateway");

        World.Ip($"route add {far} dev v0");
        World.Ip($"neigh replace {far} lladdr {World.EndpointMac(2)} dev v0 nud permanent");
        world.LookAgain();
        Expect.Sent(world.Send(packet), Dsr.OnLink(packet, World.EndpointMac(2)), "on the link");

        World.Ip($"route del {far} dev v0");
        world.LookAgain();
        var last = world.Send(packet);
        Expect.Sent(last, Dsr.InTunnel(packet, far, World.ClientMac, last), "behind the gateway again");
        world.EntryCount.Should().Be(1);
    });

    [Theory]
    [ClassData(typeof(TunnelCases))]
    [Trait("Suite", "Kernels")]
    public void TooBigWithTheOuterHeader_IsToldWhatFitsInside(Hook hook, int family, int outer) => Run(hook, family, world =>
    {
        world.With(Service(world, ServiceProtocol.Udp, outer));
        using var user = new UserSpace(world);
        var most = 1500 - (outer == 4 ? 20 : 40);
        var headers = (family == 4 ? 20 : 40) + 8;
        Tunnelled(world, world.ToVip().Udp(5353, World.Port, Packet.Counting(most - headers)), outer, "it fits");
        var packet = world.ToVip().Udp(5353, World.Port, Packet.Counting(most - headers + 1));

        world.Send(packet).Verdict.Should().Be(Verdict.Drop);

        var answer = user.Work().Should().ContainSingle().Subject;
        Expect.Error(world, answer, family == 4 ? (3, 4) : (2, 0), world.Node, packet);
        (answer.IcmpRest & 0xffff).Should().Be((uint)most);
    });

    [Theory]
    [ClassData(typeof(TunnelCases))]
    public void ErrorAboutAnAnswer_GoesThroughTheTunnel(Hook hook, int family, int outer) => Run(hook, family, world =>
    {
        world.With(Service(world, ServiceProtocol.Tcp, outer));
        world.Send(world.ToVip().Tcp(40000, World.Port));
        var answer = Packet.Ip(world.Vip, world.Client).Tcp(World.Port, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001).ToIp();

        Tunnelled(world, world.ToVip(world.OtherClient).TimeExceeded(answer), outer, "time exceeded");
        Tunnelled(world, world.ToVip().PacketTooBig(answer, 1300), outer, "too big");
    });

    [Theory]
    [ClassData(typeof(TunnelCases))]
    public void UnknownNeighbour_IsLeftToTheKernelInTheTunnel(Hook hook, int family, int outer) => Run(hook, family, world =>
    {
        var endpoint = outer == 4 ? "192.0.2.77" : "2001:db8:2::77";
        world.With(world.DsrService(ServiceProtocol.Udp, endpoint, family == outer ? TunnelMode.Ipip : TunnelMode.Auto));
        var packet = world.ToVip().Udp(5353, World.Port, [1, 2, 3]);

        var sent = world.Send(packet);

        // XDP leaves it to the stack, whose guest it is by its MAC addresses.
        var expected = Dsr.InTunnel(packet, endpoint, World.EndpointMac(0), sent).WithMacs(World.ClientMac, World.NodeMac);
        Expect.Sent(sent, expected, "", hook == Hook.Tc ? Verdict.Sent : Verdict.Pass);
        world.Count(RawReason.NeighbourMissing).Should().Be(1);
        var tagged = world.Send(packet.Vlan(7));
        Expect.Sent(tagged, Dsr.InTunnel(packet, endpoint, World.EndpointMac(0), tagged).WithMacs(World.ClientMac, World.NodeMac), "with a tag", sent.Verdict);
    });

    private static Service Service(World world, ServiceProtocol protocol, int outer) =>
        world.DsrService(protocol, World.EndpointOf(outer, 0), world.Family == outer ? TunnelMode.Ipip : TunnelMode.Auto);

    private static void Tunnelled(World world, PacketBuilder packet, int outer, string what)
    {
        var sent = world.Send(packet);
        Expect.Sent(sent, Dsr.InTunnel(packet, World.EndpointOf(outer, 0), World.EndpointMac(0), sent), what);
    }

    private static void Run(Hook hook, int family, Action<World> test) => World.Run(hook, family, world =>
    {
        world.KeepsSum = false;
        test(world);
    });
}
