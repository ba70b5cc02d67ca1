using System.Net;
using System.Runtime.InteropServices;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Selection;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

public sealed class SelectionTests
{
    /// <summary>A packet that still reads the places of a service that has just gone, which are another's already.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void PlacesOfAnotherService_AreNotTaken(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        var (index, endpoint) = world.Maps.Endpoints.ToArray().Single(e => e.Value.Serial != 0);
        world.Maps.Endpoints.Update(index, endpoint with { Service = endpoint.Service + 1 });

        world.Send(world.ToVip().Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Drop);

        world.Count(RawReason.DropRace).Should().Be(1);
        world.EntryCount.Should().Be(0);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rotation_TakesEndpointsInTurn(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp(3);

        var chosen = Enumerable.Range(0, 12).Select(i => world.Send(world.ToVip().Tcp((ushort)(40000 + i), World.Port)).Packet.Destination).ToList();

        chosen[..3].Should().OnlyHaveUniqueItems();
        for (var i = 3; i < chosen.Count; i++)
        {
            chosen[i].Should().Be(chosen[i - 3]);
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void Hash_FollowsTheMaglevTable(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp(3, SelectionPolicy.Hash);
        var members = Enumerable.Range(0, 3).Select(i => (Member: new MaglevMember(IPAddress.Parse(world.Endpoint(i)), World.EndpointPort), Address: world.Endpoint(i))).ToArray();
        var table = MaglevTable.Create(members.Select(m => m.Member), world.Options.HashSeed);
        var seen = new HashSet<IPAddress>();
        for (ushort port = 40000; port < 40040; port++)
        {
            var sent = world.Send(world.ToVip().Tcp(port, World.Port));

            var slot = FlowHash(world, port) % (ulong)table.Size;
            var member = table.Members[table.Slots.Span[(int)slot]];
            var expected = IPAddress.Parse(members.Single(m => m.Member == member).Address);
            sent.Packet.Destination.Should().Be(expected, $"client port {port}");
            seen.Add(expected);
        }

        seen.Should().HaveCount(3);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void OneClientPortToTwoVipsOfOneEndpoint_GetsAnotherPort(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp), world.Service(ServiceProtocol.Tcp, vip: world.OtherVip));

        var first = world.Send(world.ToVip().Tcp(40000, World.Port));
        var second = world.Send(world.ToVip(vip: world.OtherVip).Tcp(40000, World.Port));

        Expect.ToEndpoint(world, first);
        Expect.ToEndpoint(world, second);
        first.Packet.SourcePort.Should().Be(40000);
        second.Packet.SourcePort.Should().NotBe(40000).And.BeGreaterThanOrEqualTo(1024);
        world.Count(RawReason.CollisionResolved).Should().Be(1);
        world.Flows.Should().HaveCount(4);
        foreach (var (sent, vip) in new[] { (first, world.Vip), (second, world.OtherVip) })
        {
            var back = world.Send(world.FromEndpoint().Tcp(World.EndpointPort, sent.Packet.SourcePort, TcpBits.Syn | TcpBits.Ack));
            back.Verdict.Should().Be(Verdict.Sent);
            back.Packet.Source.Should().Be(IPAddress.Parse(vip));
            back.Packet.SourcePort.Should().Be(World.Port);
            back.Packet.DestinationPort.Should().Be(40000);
            back.Packet.TransportChecksumValid.Should().BeTrue();
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void NoActiveEndpoint_IsRefused(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        foreach (var (key, service) in world.Maps.Services.ToArray())
        {
            var empty = service;
            empty.MembersCount = 0;
            world.Maps.Services.Update(key, empty);
        }

        world.Send(world.ToVip().Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Drop);

        world.TakePunts().Should().Equal(RawReason.RefusedNoEndpoint);
        world.Flows.Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void TableFullOfOpenConnections_IsRefused(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            world.WithTcp();
            for (var i = 0; i < 1024; i++)
            {
                Open(world, (ushort)(10000 + i));
            }

            world.Send(world.ToVip().Tcp(9000, World.Port)).Verdict.Should().Be(Verdict.Drop);

            world.TakePunts().Should().Equal(RawReason.RefusedTableFull);
            world.Flows.Should().HaveCount(2048);
            world.Send(world.ToVip().Tcp(10000, World.Port, TcpBits.Ack, 1001, 5001)).Verdict.Should().Be(Verdict.Sent, "those that are there go on");
        },
        World.SmallOptions with { MaxConnections = 1024 });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void TcAndXdp_GiveTheSameBytes(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp), world.Service(ServiceProtocol.Udp), world.Service(ServiceProtocol.Icmp));
        var reported = Packet.Ip(world.Client, world.Endpoint(0)).Udp(5353, World.EndpointPort, [1, 2, 3]).ToIp();
        List<PacketBuilder> packets =
        [
            world.ToVip().Tcp(40000, World.Port, payload: [1, 2, 3]),
            world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001),
            world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001, options: [8, 10, 1, 2, 3, 4, 5, 6, 7, 8]),
            world.ToVip().Udp(5353, World.Port, [1, 2, 3]),
            world.FromEndpoint().Udp(World.EndpointPort, 5353, Packet.Counting(99)),
            world.FromEndpoint().PortUnreachable(reported),
            world.ToVip().IcmpEcho(5, 6, [1]),
            world.FromEndpoint().IcmpEcho(5, 6, [1], reply: true),
            world.ToVip().Vlan(100).Tcp(40001, World.Port),
            world.ToVip().Tcp(40002, World.Port, TcpBits.Ack),
            world.ToVip().Tcp(40002, 99),
            .. world.ToVip().Udp(5354, World.Port, Packet.Counting(200)).Fragments(128),
        ];
        var outcomes = new Dictionary<Hook, List<Outcome>>();
        foreach (var hook in (Hook[])[Hook.Tc, Hook.Xdp])
        {
            world.Hook = hook;
            outcomes[hook] = [.. packets.Select(world.Send)];
            world.Balancer.Connections.Delete(_ => true).Should().BeGreaterThan(0);
        }

        for (var i = 0; i < packets.Count; i++)
        {
            var (tc, xdp) = (outcomes[Hook.Tc][i], outcomes[Hook.Xdp][i]);
            xdp.Verdict.Should().Be(tc.Verdict, tc.ToString());
            xdp.Frame.Should().Equal(tc.Frame, tc.ToString());
        }
    });

    private static void Open(World world, ushort port)
    {
        world.Send(world.ToVip().Tcp(port, World.Port)).Verdict.Should().Be(Verdict.Sent, $"SYN of {port}");
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, port, TcpBits.Syn | TcpBits.Ack, 5000, 1001)).Verdict.Should().Be(Verdict.Sent);
        world.Send(world.ToVip().Tcp(port, World.Port, TcpBits.Ack, 1001, 5001)).Verdict.Should().Be(Verdict.Sent);
    }

    /// <summary>bpf/loxi_select.h, loxi_flow_hash: written down a second time.</summary>
    private static ulong FlowHash(World world, ushort clientPort)
    {
        var addresses = (byte[])[.. IPAddress.Parse(world.Client).GetAddressBytes(), .. IPAddress.Parse(world.Vip).GetAddressBytes()];
        var hash = world.Options.HashSeed;
        if (world.Family == 4)
        {
            var words = MemoryMarshal.Cast<byte, uint>(addresses);
            hash = Mix(hash ^ (((ulong)words[0] << 32) | words[1]));
        }
        else
        {
            foreach (var word in MemoryMarshal.Cast<byte, ulong>(addresses))
            {
                hash = Mix(hash ^ word);
            }
        }

        return Mix(hash ^ (((ulong)WireAddress.ToWire(clientPort) << 32) | ((ulong)WireAddress.ToWire(World.Port) << 16) | IpProtocol.Tcp));
    }

    private static ulong Mix(ulong h)
    {
        h ^= h >> 33;
        h = unchecked(h * 0xff51afd7ed558ccdUL);
        h ^= h >> 33;
        h = unchecked(h * 0xc4ceb9fe1a85ec53);
        return h ^ (h >> 33);
    }
}
