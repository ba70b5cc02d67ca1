using System.Net;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>
/// RFC 4787, network address translation behavioural requirements for UDP: what of it applies to a balancer. The table of all items is in
/// docs/dataplane.md.
/// </summary>
public sealed class Rfc4787Tests
{
    private static readonly SourcePool Pool = new()
    {
        Name = "pool",
        Addresses = [.. Enumerable.Range(1, 3).SelectMany(i => new[] { IPAddress.Parse($"203.0.113.{100 + i}"), IPAddress.Parse($"2001:db8:113::{100 + i}") })],
    };

    /// <summary>Mapping is by connection: to another endpoint, or another of its ports, the client's port is mapped anew and independently.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req1_MappingIsAddressAndPortDependent(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));
        world.Tables(OneArm(world, vip: world.OtherVip, first: 1));
        var taken = world.OpenUdp(40_000, world.OtherClient);
        taken.Packet.SourcePort.Should().Be(40_000);

        var first = world.OpenUdp(40_000);
        var second = world.OpenUdp(40_000, vip: world.OtherVip);

        first.Packet.SourcePort.Should().NotBe(40_000, "towards this endpoint somebody has it");
        second.Packet.SourcePort.Should().Be(40_000, "towards that one nobody has");
        world.Balancer.Connections.Delete(c => c.RewrittenClientPort == first.Packet.SourcePort).Should().Be(1);
        world.Answer(second).Packet.Destination.Should().Be(IPAddress.Parse(world.Client), "one mapping does not depend on the other");
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req2_PoolingIsPaired(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Pools(Pool);
        world.Tables(world.Service(ServiceProtocol.Udp, 3) with { SourcePool = "pool" });

        var sources = Enumerable.Range(0, 40).Select(i => Enumerable.Range(40_000, 8).Select(port => world.Datagram(port, Client(world, i)).Packet.Source!).Distinct().ToList()).ToList();

        sources.Should().OnlyContain(s => s.Count == 1, "each client has one address, whatever its port and endpoint");
        sources.SelectMany(s => s).Distinct().Should().HaveCount(3);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req3_NoPortOverloading(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));

        var sent = Enumerable.Range(0, 50).Select(i => world.OpenUdp(40_000, Client(world, i))).ToList();

        sent.Select(o => (o.Packet.Source, o.Packet.SourcePort)).Should().OnlyHaveUniqueItems();
        for (var i = 0; i < sent.Count; i++)
        {
            world.Answer(sent[i]).Packet.Destination.Should().Be(IPAddress.Parse(Client(world, i)));
        }
    });

    /// <summary>REQ-3 b: a port from 1024 on stays in that range. A port below does not stay below: those are not the balancer's to give.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req3_PortsStayAbove1023(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));

        foreach (var port in (int[])[1, 500, 1023, 1024, 5000, 65_535])
        {
            var given = world.Datagram(port, Client(world, port % 50)).Packet.SourcePort;
            if (port >= 1024)
            {
                given.Should().Be((ushort)port);
            }

            given.Should().BeGreaterThanOrEqualTo(1024);
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req5_MappingsLastTwoMinutesAtLeast(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        world.Datagram(40_000);
        world.OpenUdp(40_001);

        Silent(world, 119).Should().Equal(40_000, 40_001);
        Silent(world, 170).Should().Equal(40_001);
        Silent(world, 15).Should().BeEmpty("300 s for those that were answered");
    });

    /// <summary>The client's packets, and with more than the item asks for those of the endpoint too.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req6_PacketsOfBothSidesRefresh(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        var there = world.OpenUdp(40_000);
        for (var i = 0; i < 4; i++)
        {
            Silent(world, 200).Should().Equal(40_000);
            (i % 2 == 0 ? world.Datagram(40_000) : world.Answer(there)).Verdict.Should().Be(Verdict.Sent);
        }

        Silent(world, 310).Should().BeEmpty();
    });

    /// <summary>Filtering is by address and port: who is not the endpoint of the connection does not reach the client by its mapping.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req8_FilteringIsAddressAndPortDependent(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));
        var there = world.OpenUdp(40_000);
        var node = there.Packet.Source!.ToString();

        foreach (var stranger in (PacketBuilder[])
        [
            Packet.Ip(world.Endpoint(1), node).Udp(World.EndpointPort, 40_000),
            Packet.Ip(world.Endpoint(0), node).Udp(World.EndpointPort + 1, 40_000),
            Packet.Ip(world.OtherClient, node).Udp(40_000, 40_000),
        ])
        {
            Expect.Untouched(world.Send(stranger.WithMacs(World.EndpointMac(1), World.NodeMac)));
        }

        world.Answer(there).Verdict.Should().Be(Verdict.Sent);
    });

    /// <summary>An endpoint that is a client of its own service sees the VIP as the sender, both ways.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req9_HairpinningWithTheExternalAddress(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));

        var there = world.Datagram(40_000, world.Endpoint(0));
        (there.Packet.Source!.ToString(), there.Packet.Destination!.ToString(), there.Packet.DestinationPort).Should().Be((world.Vip, world.Endpoint(0), World.EndpointPort));
        there.Packet.ChecksumsValid.Should().BeTrue();
        var back = world.Answer(there);
        (back.Packet.Source!.ToString(), back.Packet.SourcePort, back.Packet.Destination!.ToString(), back.Packet.DestinationPort).Should()
            .Be((world.Vip, World.Port, world.Endpoint(0), (ushort)40_000));
        back.Packet.ChecksumsValid.Should().BeTrue();
        world.Connection.State.Should().Be(ConnectionState.TwoWay);
    });

    /// <summary>There are no application level gateways: an address in the payload stays as it is.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req10_PayloadIsNotTouched(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));
        var payload = System.Text.Encoding.ASCII.GetBytes($"REGISTER sip:{world.Vip}:{World.Port} Contact: <sip:u@{world.Client}:40000>");

        world.Send(world.ToVip().Udp(40_000, World.Port, payload)).Packet.Payload.ToArray().Should().Equal(payload);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req11_TheSamePacketsGetTheSameMapping(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));
        var mappings = Enumerable.Range(0, 3).Select(_ =>
        {
            var sent = Enumerable.Range(40_000, 20).Select(port => world.OpenUdp(port).Packet.SourcePort).ToList();
            world.Balancer.Connections.Delete(_ => true);
            return string.Join(',', sent);
        }).ToList();

        mappings.Distinct().Should().ContainSingle("a client's port is kept whenever it is free, not now and then");
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req12_IcmpNeverEndsAMapping(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));
        var there = world.OpenUdp(40_000);
        var back = world.Answer(there);
        world.Age(TimeSpan.FromSeconds(5), _ => true);
        var before = world.FlowBytes;

        foreach (var error in (PacketBuilder[])
        [
            Talk.Back(there).PortUnreachable(there.Packet.Ip),
            Talk.Back(there).TimeExceeded(there.Packet.Ip),
            Talk.Back(there).PacketTooBig(there.Packet.Ip, 1300),
            world.ToVip().PortUnreachable(back.Packet.Ip),
            world.ToVip().TimeExceeded(back.Packet.Ip),
        ])
        {
            var sent = world.Send(error);
            sent.Verdict.Should().Be(Verdict.Sent, sent.ToString());
            sent.Packet.ChecksumsValid.Should().BeTrue();
            sent.Packet.Embedded!.ChecksumsValid.Should().BeTrue(sent.ToString());
        }

        world.FlowBytes.Should().Equal(before);
        world.Answer(there).Verdict.Should().Be(Verdict.Sent);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req13_TooLargeWithDontFragment_TheSenderIsTold(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        world.OpenUdp(40_000);
        using var user = new UserSpace(world);
        World.Ip("link set v0 mtu 1400");
        var large = world.ToVip().Udp(40_000, World.Port, Packet.Counting(1400));

        world.Send(large).Verdict.Should().Be(Verdict.Drop);

        var answer = user.Work().Should().ContainSingle().Subject;
        Expect.Error(world, answer, family == 4 ? (3, 4) : (2, 0), family == 4 ? "192.0.2.1" : "2001:db8:2::1", large);
        (answer.IcmpRest & (family == 4 ? 0xffffu : uint.MaxValue)).Should().Be(1400);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req14_FragmentsOutOfOrderArrive(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));
        using var user = new UserSpace(world);
        var fragments = world.ToVip().Udp(40_000, World.Port, Packet.Counting(400)).Fragments(176);
        foreach (var later in fragments.Skip(1).Reverse())
        {
            world.Send(later).Verdict.Should().Be(Verdict.Drop);
        }

        user.Work().Should().BeEmpty("nothing is known of the datagram yet");
        var first = world.Send(fragments[0]);
        first.Verdict.Should().Be(Verdict.Sent);
        var sent = user.Work();

        sent.Should().HaveCount(fragments.Count - 1);
        sent.Should().OnlyContain(p => p.Source!.Equals(first.Packet.Source) && p.Destination!.Equals(first.Packet.Destination));
        var order = (ParsedPacket[])[first.Packet, .. sent.OrderBy(p => p.FragmentOffset)];
        var bytes = order.SelectMany(p => p.Ip[(p.TransportOffset - p.IpOffset)..].ToArray()).ToArray();
        new ParsedPacket(Packet.Ip(first.Packet.Source!.ToString(), world.Endpoint(0)).Raw(IpProtocol.Udp, bytes).ToFrame()).TransportChecksumValid.Should().BeTrue();
    });

    /// <summary>A flood of fragments without their first one costs what the limits say, and no more.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_Req14_FragmentsThatWaitAreBounded(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        using var user = new UserSpace(world);
        var lost = world.ToVip().Udp(40_000, World.Port, Packet.Counting(200)).Fragments(128)[1];
        for (var i = 0; i < 6000; i++)
        {
            world.Send((lost with { Identification = (ushort)i }).WithMacs(World.ClientMac, World.NodeMac)).Verdict.Should().Be(Verdict.Drop);
            if (i % 500 == 0)
            {
                user.Work().Should().BeEmpty();
            }
        }

        user.Work().Should().BeEmpty();
        world.Count(RawReason.HeldFragment).Should().Be(6000);
        user.Punts.Fragments.Held.Should().BeLessThanOrEqualTo(4096);
        world.Flows.Should().BeEmpty();
    });

    private static Service OneArm(World world, string? vip = null, int first = 0) => world.Service(ServiceProtocol.Udp, vip: vip, first: first) with { Mode = NatMode.OneArm };

    private static string Client(World world, int index) => world.Family == 4 ? $"198.51.100.{20 + index}" : $"2001:db8:100::{20 + index:x}";

    private static List<int> Silent(World world, int seconds)
    {
        world.Age(TimeSpan.FromSeconds(seconds), _ => true);
        world.Balancer.Connections.Sweep(null);
        return [.. world.Connections.Select(c => (int)c.ClientPort).Order()];
    }
}
