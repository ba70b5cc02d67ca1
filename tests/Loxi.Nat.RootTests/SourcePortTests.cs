using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Core.Connections;
using Loxi.Nat.Connections;
using Loxi.Nat.DataPlane;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Source addresses and ports that rewritten connections get: unique towards an endpoint, of the node's slice, all of them, and then none.</summary>
public sealed class SourcePortTests
{
    private static readonly SourcePool Two = new()
    {
        Name = "two",
        Addresses = [IPAddress.Parse("203.0.113.101"), IPAddress.Parse("203.0.113.102"), IPAddress.Parse("2001:db8:113::101"), IPAddress.Parse("2001:db8:113::102")],
    };

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void ClientsPort_IsKeptWhereItIsFree(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world, ServiceProtocol.Tcp));

        foreach (var port in (int[])[1024, 40_000, 65_535])
        {
            var there = world.OpenTcp(port);
            there.Packet.SourcePort.Should().Be((ushort)port);
            there.Packet.Source.Should().NotBe(IPAddress.Parse(world.Client));
        }

        world.OpenTcp(1023).Packet.SourcePort.Should().BeInRange(1024, 65_535);
        world.OpenTcp(40_000, world.OtherClient).Packet.SourcePort.Should().NotBe(40_000, "another client has it");
        world.Connections.Should().OnlyContain(c => c.State == ConnectionState.Established);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void TwoNodes_NeverGiveTheSamePort(Hook hook, int family)
    {
        var given = new List<(IPAddress Source, int Port)>();
        for (var node = 0; node < 2; node++)
        {
            var slice = new PortSlice(node, 2);
            World.Run(
                hook,
                family,
                world =>
                {
                    world.Tables(OneArm(world, ServiceProtocol.Udp));
                    // Its own first: a random port may be that of a client that comes later.
                    var ports = (int[])[1, 1024, 20_000, 33_279, 33_280, 50_000, 65_535, .. Enumerable.Range(32_800, 1000)];
                    foreach (var port in ports.Distinct().OrderByDescending(p => p >= slice.First && p < slice.First + slice.Length))
                    {
                        var there = world.Datagram(port);
                        there.Verdict.Should().Be(Verdict.Sent);
                        ((int)there.Packet.SourcePort).Should().BeInRange(slice.First, slice.First + slice.Length - 1);
                        if (port >= slice.First && port < slice.First + slice.Length)
                        {
                            there.Packet.SourcePort.Should().Be((ushort)port);
                        }

                        given.Add((there.Packet.Source!, there.Packet.SourcePort));
                    }
                },
                Many(4096) with { PortSlice = slice });
        }

        given.Should().OnlyHaveUniqueItems();
    }

    /// <summary>Another endpoint, another of its ports or another protocol is another connection for whoever sees the source.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Port_IsUniqueForSourceEndpointPortAndProtocol(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var service = OneArm(world, ServiceProtocol.Tcp, 2);
        world.Tables(service with { Endpoints = [.. service.Endpoints, service.Endpoints[0] with { Port = 9090 }] });
        world.Tables(OneArm(world, ServiceProtocol.Udp));

        Outcome[] sent =
        [
            world.Syn(40_000, Client(world, 0)),
            world.Syn(40_000, Client(world, 1)),
            world.Syn(40_000, Client(world, 2)),
            world.Datagram(40_000, Client(world, 3)),
            world.Syn(40_000, Client(world, 4)),
        ];

        sent[..4].Select(o => o.Packet.SourcePort).Should().OnlyContain(p => p == 40_000);
        sent[4].Packet.SourcePort.Should().NotBe(40_000, "all three endpoints have it");
        sent.Select(Tuple).Should().OnlyHaveUniqueItems();
    });

    [Theory]
    [InlineData(Hook.Tc, 4, ServiceProtocol.Tcp)]
    [InlineData(Hook.Xdp, 6, ServiceProtocol.Udp)]
    public void AllPortsAreGiven_ThenTheNextIsRefusedUntilOneIsFree(Hook hook, int family, ServiceProtocol protocol) => World.Run(
        hook,
        family,
        world =>
        {
            world.Tables(OneArm(world, protocol));
            using var user = new UserSpace(world);
            var given = Exhaust(world, protocol, PortSlice.Ports);

            given.Should().OnlyHaveUniqueItems();
            given.Order().Should().Equal(Enumerable.Range(1024, PortSlice.Ports));
            var refused = Begin(world, protocol, 700, world.OtherClient);
            refused.Verdict.Should().Be(Verdict.Drop);
            world.Count(RawReason.RefusedPortsExhausted).Should().Be(1);
            var answer = user.Work().Should().ContainSingle().Subject;
            answer.Destination.Should().Be(IPAddress.Parse(world.OtherClient));
            if (protocol == ServiceProtocol.Tcp)
            {
                answer.HasFlags(TcpBits.Rst).Should().BeTrue(answer.ToString());
            }
            else
            {
                ((int)answer.IcmpType, (int)answer.IcmpCode).Should().Be(family == 4 ? (3, 13) : (1, 1), "administratively prohibited");
            }

            world.Connections.Should().HaveCount(PortSlice.Ports, "the others are as they were");

            // Within 250 ms nobody looks at all ports again; then the one that is free is found.
            world.Balancer.Connections.Delete(c => c.RewrittenClientPort == 12_345).Should().Be(1);
            Load(world).Exhausted -= (uint)FlowClock.ToTicks(TimeSpan.FromMilliseconds(300));
            var there = Begin(world, protocol, 701, world.OtherClient);
            there.Verdict.Should().Be(Verdict.Sent, there.ToString());
            there.Packet.SourcePort.Should().Be(12_345);
        },
        Many(65_536));

    [Theory]
    [ClassData(typeof(Cases))]
    public void FailedSearch_IsNotMadeAgainForAQuarterOfASecond(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            world.Tables(OneArm(world, ServiceProtocol.Udp));
            Exhaust(world, ServiceProtocol.Udp, 63);
            Load(world).Exhausted.Should().Be(0);

            Begin(world, ServiceProtocol.Udp, 700, world.OtherClient).Verdict.Should().Be(Verdict.Drop);
            var noted = Load(world).Exhausted;
            noted.Should().NotBe(0);
            Load(world).Exhausted = noted - 5;
            Begin(world, ServiceProtocol.Udp, 701, world.OtherClient).Verdict.Should().Be(Verdict.Drop);
            Load(world).Exhausted.Should().Be(noted - 5, "it was not searched");
            Load(world).Exhausted = noted - 20;
            Begin(world, ServiceProtocol.Udp, 702, world.OtherClient).Verdict.Should().Be(Verdict.Drop);
            Load(world).Exhausted.Should().BeGreaterThanOrEqualTo(noted);
            world.Count(RawReason.RefusedPortsExhausted).Should().Be(3);
        },
        Many(4096) with { PortSlice = new PortSlice(0, 1024) });

    [Theory]
    [ClassData(typeof(Cases))]
    public void PoolOfTwoAddresses_HasTwiceThePorts(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            world.Pools(Two);
            world.Tables(world.Service(ServiceProtocol.Tcp) with { SourcePool = "two" });
            var sent = new List<Outcome>();
            for (var i = 0; i < 126; i++)
            {
                sent.Add(world.Syn(10_000 + i, Client(world, i % 2)));
                sent[^1].Verdict.Should().Be(Verdict.Sent, $"connection {i}");
            }

            sent.Select(Tuple).Should().OnlyHaveUniqueItems();
            sent.Select(o => o.Packet.Source!.ToString()).Distinct().Order(StringComparer.Ordinal).Should()
                .Equal(Two.Addresses.Where(a => (a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6) == (family == 6)).Select(a => a.ToString()));
            world.Syn(9_000).Verdict.Should().Be(Verdict.Drop);
            world.TakePunts().Should().Equal(RawReason.RefusedPortsExhausted);
        },
        Many(4096) with { PortSlice = new PortSlice(0, 1024) });

    [Theory]
    [InlineData(SelectionPolicy.RoundRobin, true)]
    [InlineData(SelectionPolicy.Hash, true)]
    [InlineData(SelectionPolicy.LeastConnections, true)]
    [InlineData(SelectionPolicy.Persist, false)]
    public void EndpointWithoutAPortLeft_AnotherOneIsTaken(SelectionPolicy selection, bool another) => World.Run(
        Hook.Tc,
        4,
        world =>
        {
            var service = OneArm(world, ServiceProtocol.Udp, 2) with { Selection = selection };
            world.Tables(service);
            var client = world.Client;
            var sent = Enumerable.Range(0, 200).Select(i => world.Datagram(10_000 + i, client)).Where(o => o.Verdict == Verdict.Sent).ToList();

            sent.Should().HaveCount(another ? 126 : 63);
            sent.Select(Tuple).Should().OnlyHaveUniqueItems();
            sent.Select(o => o.Packet.Destination).Distinct().Should().HaveCount(another ? 2 : 1);
            world.Count(RawReason.RefusedPortsExhausted).Should().Be(another ? 74u : 137u);
        },
        Many(4096) with { PortSlice = new PortSlice(0, 1024) });

    [Theory]
    [ClassData(typeof(Cases))]
    public void DefaultMode_TwoVipsOfOneEndpointAndOneClientPort_BothGoOn(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Udp));
        world.Tables(world.Service(ServiceProtocol.Udp, vip: world.OtherVip));

        var first = world.OpenUdp(40_000);
        var second = world.OpenUdp(40_000, vip: world.OtherVip);

        first.Packet.SourcePort.Should().Be(40_000);
        second.Packet.SourcePort.Should().NotBe(40_000);
        second.Packet.Source.Should().Be(IPAddress.Parse(world.Client), "the client's address stays");
        world.Count(RawReason.CollisionResolved).Should().Be(1);
        foreach (var (there, vip) in new[] { (first, world.Vip), (second, world.OtherVip) })
        {
            var back = world.Answer(there);
            (back.Packet.Source!.ToString(), back.Packet.DestinationPort).Should().Be((vip, (ushort)40_000));
            back.Packet.ChecksumsValid.Should().BeTrue();
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void ConnectionAfterRst_MakesRoomAtOnce(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            world.Tables(OneArm(world, ServiceProtocol.Tcp));
            var sent = Enumerable.Range(0, 63).Select(i => world.OpenTcp(10_000 + i)).ToList();
            world.Syn(9_000).Verdict.Should().Be(Verdict.Drop);
            Load(world).Exhausted -= 100;

            world.Send(world.ToVip().Tcp(10_005, World.Port, TcpBits.Rst, 1001)).Verdict.Should().Be(Verdict.Sent);

            var there = world.OpenTcp(9_000);
            there.Verdict.Should().Be(Verdict.Sent, there.ToString());
            there.Packet.SourcePort.Should().Be(sent[5].Packet.SourcePort);
            world.Connections.Should().NotContain(c => c.ClientPort == 10_005);
            world.Count(RawReason.FlowReplaced).Should().Be(1);
        },
        Many(4096) with { PortSlice = new PortSlice(0, 1024) });

    [Theory]
    [ClassData(typeof(Cases))]
    public void ConnectionAfterBothFins_MakesRoomAfterAMinute(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            world.Tables(OneArm(world, ServiceProtocol.Tcp));
            var sent = Enumerable.Range(0, 63).Select(i => world.OpenTcp(10_000 + i)).ToList();
            world.Send(world.ToVip().Tcp(10_005, World.Port, TcpBits.Fin | TcpBits.Ack, 1001, 5001));
            world.Send(Talk.Back(sent[5]).Tcp(World.EndpointPort, sent[5].Packet.SourcePort, TcpBits.Fin | TcpBits.Ack, 5001, 1002));
            world.Connections.Single(c => c.ClientPort == 10_005).State.Should().Be(ConnectionState.Closing);

            world.Syn(9_000).Verdict.Should().Be(Verdict.Drop, "the endpoint still remembers it");
            world.Age(TimeSpan.FromSeconds(61), flow => flow.State == (byte)RawFlowState.Closing);
            Load(world).Exhausted -= 100;

            world.Syn(9_000).Packet.SourcePort.Should().Be(sent[5].Packet.SourcePort);
        },
        Many(4096) with { PortSlice = new PortSlice(0, 1024) });

    /// <summary>RFC 5508 REQ-1: identifiers are given as ports are.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void IcmpIdentifiers_AreGivenLikePorts(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            world.Tables(OneArm(world, ServiceProtocol.Icmp));
            var sent = new List<Outcome>();
            for (var i = 0; i < 63; i++)
            {
                sent.Add(world.Send(world.ToVip(Client(world, i % 3)).IcmpEcho((ushort)(1024 + (i / 3)), 9, [1, 2, 3])));
                sent[^1].Verdict.Should().Be(Verdict.Sent);
                sent[^1].Packet.ChecksumsValid.Should().BeTrue();
            }

            var ids = sent.Select(o => o.Packet.IcmpRest >> 16).ToList();
            ids.Should().OnlyHaveUniqueItems().And.OnlyContain(id => id >= 1024 && id < 1024 + 63);
            world.Send(world.ToVip().IcmpEcho(5, 9)).Verdict.Should().Be(Verdict.Drop);
            world.TakePunts().Should().Equal(RawReason.RefusedPortsExhausted);
            for (var i = 0; i < sent.Count; i++)
            {
                var back = world.Send(Talk.Back(sent[i]).IcmpEcho((ushort)ids[i], 9, [1, 2, 3], reply: true));
                back.Verdict.Should().Be(Verdict.Sent);
                (back.Packet.Destination!.ToString(), back.Packet.IcmpRest).Should().Be((Client(world, i % 3), ((1024u + (uint)(i / 3)) << 16) | 9));
                back.Packet.ChecksumsValid.Should().BeTrue();
            }
        },
        Many(4096) with { PortSlice = new PortSlice(0, 1024) });

    /// <summary>The endpoint itself is the client: the VIP stands for it, with ports of the slice.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Hairpin_TakesPortsOfTheVipUntilThereAreNone(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            world.Tables(world.Service(ServiceProtocol.Udp));
            var sent = Enumerable.Range(0, 63).Select(i => world.Datagram(10_000 + i, world.Endpoint(0))).ToList();

            sent.Should().OnlyContain(o => o.Verdict == Verdict.Sent && o.Packet.Source!.Equals(IPAddress.Parse(world.Vip)) && o.Packet.ChecksumsValid);
            sent.Select(Tuple).Should().OnlyHaveUniqueItems();
            world.Datagram(9_000, world.Endpoint(0)).Verdict.Should().Be(Verdict.Drop);
            world.TakePunts().Should().Equal(RawReason.RefusedPortsExhausted);
            Load(world).Exhausted.Should().NotBe(0, "the next packet does not search the whole slice again");
            var back = world.Answer(sent[7]);
            (back.Packet.Source!.ToString(), back.Packet.SourcePort, back.Packet.Destination!.ToString(), back.Packet.DestinationPort).Should()
                .Be((world.Vip, World.Port, world.Endpoint(0), (ushort)10_007));
        },
        Many(4096) with { PortSlice = new PortSlice(0, 1024) });

    [Theory]
    [ClassData(typeof(Cases))]
    public void WithoutASource_IsRefused(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world, ServiceProtocol.Tcp));
        var (index, endpoint) = world.Maps.Endpoints.ToArray().Single(e => (e.Value.Flags & Shared.EndpointActive) != 0);
        endpoint.SourcesCount = 0;
        world.Maps.Endpoints.Update(index, endpoint);

        world.Syn(40_000).Verdict.Should().Be(Verdict.Drop);

        world.TakePunts().Should().Equal(RawReason.RefusedNoSource);
        world.Flows.Should().BeEmpty();
    });

    private static NatOptions Many(uint connections) => World.SmallOptions with { MaxConnections = connections };

    private static Service OneArm(World world, ServiceProtocol protocol, int endpoints = 1) => world.Service(protocol, endpoints) with { Mode = NatMode.OneArm };

    private static string Client(World world, int index) => world.Family == 4 ? $"198.51.100.{20 + index}" : $"2001:db8:100::{20 + index}";

    private static (string? Source, int SourcePort, string? Destination, int Port, byte Protocol) Tuple(Outcome there) =>
        (there.Packet.Source?.ToString(), there.Packet.SourcePort, there.Packet.Destination?.ToString(), there.Packet.DestinationPort, there.Packet.Protocol);

    private static ref RawEndpointLoad Load(World world) => ref world.Maps.EndpointLoad.Span[(int)world.Maps.Endpoints.ToArray().Single(e => (e.Value.Flags & Shared.EndpointActive) != 0).Key];

    private static Outcome Begin(World world, ServiceProtocol protocol, int port, string client) =>
        protocol == ServiceProtocol.Tcp ? world.Syn(port, client) : world.Datagram(port, client);

    /// <summary>So many open connections, of several clients; the ports that they got.</summary>
    private static List<int> Exhaust(World world, ServiceProtocol protocol, int count)
    {
        var given = new List<int>(count);
        for (var i = 0; i < count; i++)
        {
            var client = Client(world, i % 5);
            var port = 1000 + (i / 5);
            var there = protocol == ServiceProtocol.Tcp ? world.OpenTcp(port, client) : world.OpenUdp(port, client);
            there.Verdict.Should().Be(Verdict.Sent, $"connection {i}");
            given.Add(there.Packet.SourcePort);
        }

        return given;
    }
}
