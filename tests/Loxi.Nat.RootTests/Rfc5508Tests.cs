using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.DataPlane;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>
/// RFC 5508, network address translation behavioural requirements for ICMP: what of it applies to a balancer. The endpoints are the private
/// realm, the clients the external one. The table of all items is in docs/dataplane.md.
/// </summary>
public sealed class Rfc5508Tests
{
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5508_Req1_QueriesAndTheirRepliesAreTranslated(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(Pinged(world));
        for (var i = 0; i < 20; i++)
        {
            var client = Client(world, i);
            var there = world.Send(world.ToVip(client).IcmpEcho(5000, (ushort)i, Packet.Counting(i)));
            there.Verdict.Should().Be(Verdict.Sent);
            there.Packet.ChecksumsValid.Should().BeTrue(there.ToString());
            there.Packet.Destination.Should().Be(IPAddress.Parse(world.Endpoint(0)));

            var back = world.Send(Talk.Back(there).IcmpEcho((ushort)(there.Packet.IcmpRest >> 16), (ushort)i, Packet.Counting(i), reply: true));

            back.Verdict.Should().Be(Verdict.Sent);
            back.Packet.ChecksumsValid.Should().BeTrue(back.ToString());
            (back.Packet.Source!.ToString(), back.Packet.Destination!.ToString(), back.Packet.IcmpRest).Should().Be((world.Vip, client, (5000u << 16) | (uint)i));
            back.Packet.Payload.ToArray().Should().Equal(Packet.Counting(i));
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5508_Req2_QueriesLastSixtySeconds(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Icmp), world.Service(ServiceProtocol.Icmp, vip: world.OtherVip, first: 1) with { InactiveTimeout = TimeSpan.FromSeconds(90) });
        world.Send(world.ToVip().IcmpEcho(7, 1));
        world.Send(world.ToVip(vip: world.OtherVip).IcmpEcho(8, 1));

        Silent(world, 59).Should().Be(2);
        Silent(world, 10).Should().Be(1, "it is configurable");
        Silent(world, 30).Should().Be(0);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5508_Req3_ErrorsWithAWrongChecksumAreDropped(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        var there = world.OpenUdp(40_000);
        var good = world.FromEndpoint().PortUnreachable(there.Packet.Ip);

        world.Send(good.WithTransportChecksum(0x1234)).Verdict.Should().Be(Verdict.Drop);
        world.Count(RawReason.DropBadChecksum).Should().Be(1);
        world.Send(good).Verdict.Should().Be(Verdict.Sent);
        world.TakePunts().Should().BeEmpty("silently");
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5508_Req3_QueriesWithAWrongChecksumAreDropped(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Icmp));
        var query = world.ToVip().IcmpEcho(7, 1, Packet.Counting(101));

        world.Send(query.WithTransportChecksum(0x1234)).Verdict.Should().Be(Verdict.Drop);
        world.Flows.Should().BeEmpty();
        world.Send(query).Verdict.Should().Be(Verdict.Sent);
        world.Send(query.WithTransportChecksum(0x1234)).Verdict.Should().Be(Verdict.Drop);
        world.Send(world.FromEndpoint().IcmpEcho(7, 1, Packet.Counting(101), reply: true).WithTransportChecksum(0x1234)).Verdict.Should().Be(Verdict.Drop);
        world.Count(RawReason.DropBadChecksum).Should().Be(3);
    });

    /// <summary>REQ-3 a: options of the packet that is reported stand before its ports. Its own transport checksum is not asked, and kept as wrong as it is.</summary>
    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void Rfc5508_Req3_OptionsOfTheReportedPacketArePassedOver(Hook hook) => World.Run(hook, 4, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Udp) with { Mode = NatMode.OneArm });
        var there = world.Send(world.ToVip().WithIpv4Options(7, 7, 4, 0, 0, 0, 0, 0).Udp(40_000, World.Port, [1, 2, 3, 4]));
        there.Verdict.Should().Be(Verdict.Sent, there.ToString());

        var error = world.Send(Talk.Back(there).PortUnreachable(there.Packet.Ip));

        Expect.ToClient(world, error);
        var embedded = error.Packet.Embedded!;
        (embedded.Source!.ToString(), embedded.SourcePort, embedded.Destination!.ToString(), embedded.DestinationPort).Should().Be((world.Client, (ushort)40_000, world.Vip, World.Port));
        embedded.ChecksumsValid.Should().BeTrue();
    });

    /// <summary>From a client, or a router on the way to it, about what an endpoint has sent.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5508_Req4_ErrorsFromOutsideReachTheEndpoint(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Udp) with { Mode = NatMode.OneArm });
        var there = world.OpenUdp(40_000);
        var back = world.Answer(there);

        foreach (var (from, source) in new[] { (world.Client, there.Packet.Source!.ToString()), (world.OtherClient, world.OtherClient) })
        {
            var error = world.Send(world.ToVip(from).PacketTooBig(back.Packet.Ip, 1300));

            error.Verdict.Should().Be(Verdict.Sent);
            (error.Packet.Source!.ToString(), error.Packet.Destination!.ToString()).Should().Be((source, world.Endpoint(0)), "the endpoint knows the client by the node's address, a router by its own");
            error.Packet.ChecksumsValid.Should().BeTrue();
            (error.Packet.IcmpRest & 0xffff).Should().Be(1300);
            var embedded = error.Packet.Embedded!;
            (embedded.Source!.ToString(), embedded.SourcePort, embedded.Destination, embedded.DestinationPort).Should()
                .Be((world.Endpoint(0), World.EndpointPort, there.Packet.Source, there.Packet.SourcePort));
            embedded.ChecksumsValid.Should().BeTrue(error.ToString());
        }
    });

    /// <summary>From an endpoint, or a router on the way to it, about what a client has sent.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5508_Req5_ErrorsFromInsideReachTheClient(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Udp) with { Mode = NatMode.OneArm });
        var there = world.OpenUdp(40_000);

        foreach (var (from, source) in new[] { (world.Endpoint(0), world.Vip), (world.Endpoint(3), world.Endpoint(3)) })
        {
            var error = world.Send((Talk.Back(there) with { Source = IPAddress.Parse(from) }).TimeExceeded(there.Packet.Ip));

            error.Verdict.Should().Be(Verdict.Sent);
            (error.Packet.Source!.ToString(), error.Packet.Destination!.ToString()).Should().Be((source, world.Client));
            error.Packet.ChecksumsValid.Should().BeTrue();
            var embedded = error.Packet.Embedded!;
            (embedded.Source!.ToString(), embedded.SourcePort, embedded.Destination!.ToString(), embedded.DestinationPort).Should().Be((world.Client, (ushort)40_000, world.Vip, World.Port));
            embedded.ChecksumsValid.Should().BeTrue(error.ToString());
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5508_Req6_ErrorsNeitherRefreshNorDelete(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Icmp));
        var there = world.Send(world.ToVip().IcmpEcho(7, 1));
        world.Age(TimeSpan.FromSeconds(50), _ => true);
        var before = world.FlowBytes;

        Expect.ToClient(world, world.Send(world.FromEndpoint().TimeExceeded(there.Packet.Ip)));

        world.FlowBytes.Should().Equal(before);
        Silent(world, 15).Should().Be(0);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5508_Req7_HairpinnedQueriesAndErrors(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Icmp), world.Service(ServiceProtocol.Udp));
        var there = world.Send(world.ToVip(world.Endpoint(0)).IcmpEcho(7, 1, [1, 2, 3]));
        (there.Packet.Source!.ToString(), there.Packet.Destination!.ToString()).Should().Be((world.Vip, world.Endpoint(0)));
        var back = world.Send(Talk.Back(there).IcmpEcho((ushort)(there.Packet.IcmpRest >> 16), 1, [1, 2, 3], reply: true));
        (back.Packet.Source!.ToString(), back.Packet.Destination!.ToString(), back.Packet.IcmpRest).Should().Be((world.Vip, world.Endpoint(0), (7u << 16) | 1));

        var datagram = world.Datagram(40_000, world.Endpoint(0));
        foreach (var reported in (Outcome[])[there, datagram])
        {
            var error = world.Send(Talk.Back(reported).PortUnreachable(reported.Packet.Ip));

            error.Verdict.Should().Be(Verdict.Sent, error.ToString());
            (error.Packet.Source!.ToString(), error.Packet.Destination!.ToString()).Should().Be((world.Vip, world.Endpoint(0)));
            error.Packet.Embedded!.Source.Should().Be(error.Packet.Destination, "REQ-7 a: it goes to whom the reported packet names as its sender");
            error.Packet.Embedded.Destination.Should().Be(IPAddress.Parse(world.Vip));
            error.Packet.ChecksumsValid.Should().BeTrue();
            error.Packet.Embedded.ChecksumsValid.Should().BeTrue();
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5508_Req8_ExhaustionIsAnswered(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            world.Tables(Pinged(world));
            using var user = new UserSpace(world);
            for (var i = 0; i < 63; i++)
            {
                world.Send(world.ToVip().IcmpEcho((ushort)(1024 + i), 1)).Verdict.Should().Be(Verdict.Sent);
            }

            var refused = world.ToVip().IcmpEcho(7, 1, Packet.Counting(20));
            world.Send(refused).Verdict.Should().Be(Verdict.Drop);

            Expect.Error(world, user.Work().Should().ContainSingle().Subject, family == 4 ? (3, 13) : (1, 1), world.Vip, refused);
            world.Count(RawReason.RefusedPortsExhausted).Should().Be(1);
        },
        World.SmallOptions with { PortSlice = new PortSlice(0, 1024) });

    public static TheoryData<int, byte, byte> Errors()
    {
        var data = new TheoryData<int, byte, byte>();
        for (byte code = 0; code < 16; code++)
        {
            data.Add(4, 3, code);
        }

        data.Add(4, 11, 0);
        data.Add(4, 11, 1);
        data.Add(4, 12, 0);
        for (byte code = 0; code < 7; code++)
        {
            data.Add(6, 1, code);
        }

        data.Add(6, 2, 0);
        data.Add(6, 3, 0);
        data.Add(6, 3, 1);
        data.Add(6, 4, 0);
        return data;
    }

    /// <summary>Unreachable, fragmentation needed and packet too big, time exceeded, parameter problem: type, code and what is beside them stay.</summary>
    [Theory]
    [MemberData(nameof(Errors))]
    public void Rfc5508_Req10_EveryErrorIsTranslated(int family, byte type, byte code) => World.Run(Hook.Tc, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Tcp) with { Mode = NatMode.OneArm });
        var there = world.Syn(40_000);

        var error = world.Send(Talk.Back(there).IcmpError(type, code, there.Packet.Ip, 0x05a0));

        Expect.ToClient(world, error);
        (error.Packet.IcmpType, error.Packet.IcmpCode, error.Packet.IcmpRest).Should().Be((type, code, 0x05a0u));
        error.Packet.Embedded!.Destination.Should().Be(IPAddress.Parse(world.Vip));
        error.Packet.Embedded.ChecksumsValid.Should().BeTrue();
    });

    /// <summary>Redirects, timestamps, router and neighbour discovery and whatever else there is are the kernel's.</summary>
    [Theory]
    [InlineData(4, 5)]
    [InlineData(4, 9)]
    [InlineData(4, 13)]
    [InlineData(4, 14)]
    [InlineData(4, 40)]
    [InlineData(6, 127)]
    [InlineData(6, 130)]
    [InlineData(6, 134)]
    [InlineData(6, 137)]
    [InlineData(6, 200)]
    public void Rfc5508_Req11_OtherMessagesAreTheKernels(int family, byte type) => World.Run(Hook.Xdp, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Icmp));

        Expect.Untouched(world.Send(world.ToVip().Icmp(type, 0, 0x12345678, Packet.Counting(40))));
        world.Flows.Should().BeEmpty();
    });

    private static Service Pinged(World world) => world.Service(ServiceProtocol.Icmp) with { Mode = NatMode.OneArm };

    private static string Client(World world, int index) => world.Family == 4 ? $"198.51.100.{20 + index}" : $"2001:db8:100::{20 + index:x}";

    private static int Silent(World world, int seconds)
    {
        world.Age(TimeSpan.FromSeconds(seconds), _ => true);
        world.Balancer.Connections.Sweep(null);
        return world.Connections.Count;
    }
}
