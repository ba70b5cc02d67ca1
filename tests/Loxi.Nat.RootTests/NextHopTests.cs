using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Where the way out is narrow, unknown, blocked or gone: what becomes of the packet and what its sender is told.</summary>
public sealed class NextHopTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    public void LargerThanTheLink_SenderIsToldTheMtu(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Establish(world.WithTcp());
        using var user = new UserSpace(world);
        World.Ip("link set v0 mtu 1400");
        var large = world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001, payload: Packet.Counting(1400 - Headers(family) + 1));

        var refused = world.Send(large);

        refused.Verdict.Should().Be(Verdict.Drop);
        world.Count(RawReason.RefusedTooBig).Should().Be(1);
        var answer = user.Work().Should().ContainSingle().Subject;
        Expect.Error(world, answer, family == 4 ? (3, 4) : (2, 0), NodeAddress(family), large);
        (answer.IcmpRest & (family == 4 ? 0xffffu : uint.MaxValue)).Should().Be(1400);
        world.Flows.Should().HaveCount(2, "the connection goes on with smaller packets");
        Expect.ToEndpoint(world, world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001, payload: Packet.Counting(1400 - Headers(family)))));
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void LargeAnswer_TheEndpointIsToldTheMtu(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Establish(world.WithTcp());
        using var user = new UserSpace(world);
        World.Ip("link set v0 mtu 1300");
        var large = world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Ack, 5001, 1001, payload: Packet.Counting(1400));

        world.Send(large).Verdict.Should().Be(Verdict.Drop);

        var answer = user.Work().Should().ContainSingle().Subject;
        answer.Destination.Should().Be(IPAddress.Parse(world.Endpoint(0)));
        answer.DestinationMac.Should().Be(World.EndpointMac(0));
        answer.Embedded!.Destination.Should().Be(IPAddress.Parse(world.Client), "it is about the packet that the endpoint sent");
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void LargerThanTheLinkButCutLater_IsSent(int family) => World.Run(Hook.Tc, family, world =>
    {
        Establish(world.WithTcp());
        World.Ip("link set v0 mtu 1400");

        var sent = world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001, payload: Packet.Counting(2600)).ToFrame(), 1340);

        Expect.ToEndpoint(world, sent);
        world.Connection.PacketsToEndpoint.Should().Be(2 + 2, "segments count each");
        world.Count(RawReason.RefusedTooBig).Should().Be(0);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void CutLaterIntoWhatIsLargerThanTheLink_SenderIsToldTheMtu(int family) => World.Run(Hook.Tc, family, world =>
    {
        Establish(world.WithTcp());
        using var user = new UserSpace(world);
        World.Ip("link set v0 mtu 1400");

        var refused = world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001, payload: Packet.Counting(2600)).ToFrame(), 1400 - Headers(family) + 1);

        refused.Verdict.Should().Be(Verdict.Drop);
        (user.Work().Should().ContainSingle().Subject.IcmpRest & (family == 4 ? 0xffffu : uint.MaxValue)).Should().Be(1400);
    });

    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void LargerThanTheLinkWithoutDontFragment_IsCutByTheKernel(Hook hook) => World.Run(hook, 4, world =>
    {
        Establish(world.WithTcp());
        World.Ip("link set v0 mtu 1400");

        var left = world.Send(world.ToVip().WithDontFragment(false).Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001, payload: Packet.Counting(1400)));

        LeftToKernel(world, left);
        world.Count(RawReason.PassRewritten).Should().Be(1);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void EndpointThatIsGone_TcpIsResetAndForgotten(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Establish(world.WithTcp());
        using var user = new UserSpace(world);
        // Another endpoint takes its place: the connection cannot go there.
        world.With(world.Service(ServiceProtocol.Tcp, first: 1));

        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001, payload: [1, 2])).Verdict.Should().Be(Verdict.Drop);

        var reset = user.Work().Should().ContainSingle().Subject;
        reset.TcpFlags.Should().Be(TcpBits.Rst);
        reset.Sequence.Should().Be(5001);
        reset.Source.Should().Be(IPAddress.Parse(world.Vip));
        reset.SourcePort.Should().Be(World.Port);
        reset.Destination.Should().Be(IPAddress.Parse(world.Client));
        reset.DestinationPort.Should().Be(40000);
        reset.DestinationMac.Should().Be(World.ClientMac);
        reset.ChecksumsValid.Should().BeTrue();
        world.Count(RawReason.RefusedEndpointDead).Should().Be(1);
        world.Flows.Should().BeEmpty("state goes with the endpoint");
        Expect.ToEndpoint(world, world.Send(world.ToVip().Tcp(40000, World.Port)), 1);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void EndpointThatIsGone_UdpIsToldAndForgotten(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp)).Send(world.ToVip().Udp(5353, World.Port, [1]));
        using var user = new UserSpace(world);
        world.With(world.Service(ServiceProtocol.Udp, first: 1));
        var packet = world.ToVip().Udp(5353, World.Port, [2]);

        world.Send(packet).Verdict.Should().Be(Verdict.Drop);

        Expect.Error(world, user.Work().Should().ContainSingle().Subject, family == 4 ? (3, 3) : (1, 4), world.Vip, packet);
        world.Flows.Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void NeighbourUnknown_TranslatedAndLeftToTheKernelUntilKnown(Hook hook, int family) => World.Run(hook, family, world =>
    {
        World.Ip($"neigh del {world.Endpoint(0)} dev v0");

        var first = world.WithTcp().Send(world.ToVip().Tcp(40000, World.Port, payload: [1, 2, 3]));

        // TC: bpf_redirect_neigh, which fills in the addresses of the link; XDP: the kernel forwards what it gets.
        first.Verdict.Should().Be(hook == Hook.Tc ? Verdict.Sent : Verdict.Pass);
        Translated(world, first, ttl: hook == Hook.Xdp ? 64 : 63);
        world.Count(RawReason.NeighbourMissing).Should().Be(1);
        world.Flows.Should().HaveCount(2);

        World.Ip($"neigh replace {world.Endpoint(0)} lladdr {World.EndpointMac(2)} dev v0 nud permanent");
        var next = world.Send(world.ToVip().Tcp(40000, World.Port, payload: [1, 2, 3]));
        next.Verdict.Should().Be(Verdict.Sent);
        next.Packet.DestinationMac.Should().Be(World.EndpointMac(2));
        world.Count(RawReason.NeighbourMissing).Should().Be(1);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void NeighbourThatMoved_IsFollowedByLiveFlows(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Establish(world.WithTcp());
        World.Ip($"neigh replace {world.Endpoint(0)} lladdr {World.EndpointMac(2)} dev v0 nud permanent");
        Ack(world).Packet.DestinationMac.Should().Be(World.EndpointMac(0), "the next hop is cached");

        world.LookAgain();

        Ack(world).Packet.DestinationMac.Should().Be(World.EndpointMac(2));
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void NoRoute_IsRefusedWithAnError(Hook hook, int family) => World.Run(hook, family, world =>
    {
        using var user = new UserSpace(world);
        World.Ip($"{(family == 6 ? "-6 " : "")}route del default");

        RefusedForTheRoute(world.With(Far(world)), user);
    });

    [Theory]
    [InlineData(Hook.Tc, 4, "unreachable")]
    [InlineData(Hook.Tc, 6, "unreachable")]
    [InlineData(Hook.Xdp, 4, "unreachable")]
    [InlineData(Hook.Xdp, 6, "unreachable")]
    [InlineData(Hook.Tc, 4, "prohibit")]
    [InlineData(Hook.Xdp, 6, "prohibit")]
    public void RouteThatRefuses_IsRefusedWithAnError(Hook hook, int family, string route) => World.Run(hook, family, world =>
    {
        using var user = new UserSpace(world);
        World.Ip($"route add {route} {FarEndpoint(family)}");

        RefusedForTheRoute(world.With(Far(world)), user);
    });

    /// <summary>ip-route(8): packets are discarded silently.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void BlackholeRoute_IsDroppedSilentlyAndCounted(Hook hook, int family) => World.Run(hook, family, world =>
    {
        using var user = new UserSpace(world);
        World.Ip($"route add blackhole {FarEndpoint(family)}");

        world.With(Far(world)).Send(world.ToVip().Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Drop);

        world.Count(RawReason.DropBlackhole).Should().Be(1);
        user.Work().Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void LastHop_TheSenderIsTold(Hook hook, int family) => World.Run(hook, family, world =>
    {
        using var user = new UserSpace(world);
        Establish(world.WithTcp());
        var fresh = world.ToVip().Tcp(40001, World.Port).WithTtl(1);
        var live = world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001).WithTtl(1);
        var before = world.Connection.PacketsToEndpoint;

        foreach (var packet in (PacketBuilder[])[fresh, live])
        {
            world.Send(packet).Verdict.Should().Be(Verdict.Drop);
            Expect.Error(world, user.Work().Should().ContainSingle().Subject, family == 4 ? (11, 0) : (3, 0), NodeAddress(family), packet);
        }

        // No error about a RST or an error: RFC 1122 3.2.2 and the design, so that nobody can be made to answer for ever.
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Rst, 1001).WithTtl(1)).Verdict.Should().Be(Verdict.Drop);
        user.Work().Should().BeEmpty();
        world.Connection.PacketsToEndpoint.Should().Be(before);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void EndpointOnTheNodeItself_IsLeftToTheKernel(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Balancer.Start(new Interfaces.InterfacePolicy { Whitelist = new("^none$") });
        world.With(world.Service(ServiceProtocol.Tcp) with { Endpoints = [new ServiceEndpoint(IPAddress.Parse(NodeAddress(family)), World.EndpointPort, 1)] });

        var left = world.Send(world.ToVip().Tcp(40000, World.Port));

        left.Verdict.Should().Be(hook == Hook.Tc ? Verdict.PassRewritten : Verdict.Pass);
        left.Packet.Destination.Should().Be(IPAddress.Parse(NodeAddress(family)));
        left.Packet.DestinationPort.Should().Be(World.EndpointPort);
        left.Packet.ChecksumsValid.Should().BeTrue();
    });

    /// <summary>Were the frame addressed to the next hop, the kernel would take it for somebody else's.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void LinkThatXdpMayNotSendTo_IsLeftToTheKernelWithItsAddress(int family) => World.Run(Hook.Xdp, family, world =>
    {
        Establish(world.WithTcp());
        world.Ingress = 0;
        Ack(world).Verdict.Should().Be(Verdict.Sent);
        world.Balancer.DataPlane.ForbidTransmit(Sandbox.IndexOf("v0"));

        var left = Ack(world);

        LeftToKernel(world, left);
        left.Packet.DestinationMac.Should().Be(World.NodeMac);
        left.Packet.SourceMac.Should().Be(World.ClientMac);
        world.Count(RawReason.PassRewritten).Should().Be(1);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void InterfaceThatThePacketCameFrom_SendsItBackWithoutTheRedirectTable(int family) => World.Run(Hook.Xdp, family, world =>
    {
        Establish(world.WithTcp());
        world.Balancer.DataPlane.ForbidTransmit(Sandbox.IndexOf("v0"));

        var back = Ack(world);

        back.Verdict.Should().Be(Verdict.Sent);
        back.Packet.DestinationMac.Should().Be(World.EndpointMac(0));
    });

    private static int Headers(int family) => family == 4 ? 40 : 60;

    private static string NodeAddress(int family) => family == 4 ? "192.0.2.1" : "2001:db8:2::1";

    private static string FarEndpoint(int family) => family == 4 ? "10.99.0.1" : "fd99::1";

    private static Service Far(World world) =>
        world.Service(ServiceProtocol.Tcp) with { Endpoints = [new ServiceEndpoint(IPAddress.Parse(FarEndpoint(world.Family)), World.EndpointPort, 1)] };

    private static void Establish(World world)
    {
        world.Send(world.ToVip().Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Sent);
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001)).Verdict.Should().Be(Verdict.Sent);
        Ack(world).Verdict.Should().Be(Verdict.Sent);
    }

    private static Outcome Ack(World world) => world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001));

    private static void RefusedForTheRoute(World world, UserSpace user)
    {
        var packet = world.ToVip().Tcp(40000, World.Port);

        world.Send(packet).Verdict.Should().Be(Verdict.Drop);

        world.Count(RawReason.RefusedNoRoute).Should().Be(1);
        Expect.Error(world, user.Work().Should().ContainSingle().Subject, world.Family == 4 ? (3, 1) : (1, 3), NodeAddress(world.Family), packet);
    }

    private static void LeftToKernel(World world, Outcome outcome)
    {
        outcome.Verdict.Should().Be(world.Hook == Hook.Tc ? Verdict.PassRewritten : Verdict.Pass);
        Translated(world, outcome, ttl: 64);
    }

    /// <summary>The kernel takes its own hop off the TTL of what is left to it.</summary>
    private static void Translated(World world, Outcome outcome, int ttl = 63)
    {
        outcome.Packet.Source.Should().Be(IPAddress.Parse(world.Client));
        outcome.Packet.Destination.Should().Be(IPAddress.Parse(world.Endpoint(0)));
        outcome.Packet.DestinationPort.Should().Be(World.EndpointPort);
        outcome.Packet.Ttl.Should().Be((byte)ttl);
        outcome.Packet.TransportChecksumValid.Should().BeTrue(outcome.ToString());
        outcome.Packet.IpChecksumValid.Should().BeTrue();
    }
}
