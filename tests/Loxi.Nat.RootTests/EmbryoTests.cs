using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Core.Connections;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.Connections;
using Loxi.Nat.DataPlane;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Connections in the making have a quarter of the table, the oldest of them goes first, and nobody who is in goes for them.</summary>
public sealed class EmbryoTests
{
    /// <summary>1,024 connections: 256 in the making, a ring of 512 places.</summary>
    private const int Quota = 256;
    private const int Places = 512;

    private static readonly NatOptions Small = World.SmallOptions with { MaxConnections = 4 * Quota };

    [Theory]
    [ClassData(typeof(Cases))]
    public void FloodOfSynsLargerThanTheTable_TakesNoPlaceFromWhoIsIn(Hook hook, int family) => Run(hook, family, world =>
    {
        world.WithTcp();
        for (var port = 1024; port < 1124; port++)
        {
            world.OpenTcp(port);
        }

        for (var port = 10_000; port < 13_000; port++)
        {
            world.Syn(port).Verdict.Should().Be(Verdict.Sent);
        }

        world.Connections.Count(c => c.State == ConnectionState.Established).Should().Be(100);
        world.Connections.Count(c => c.State == ConnectionState.SynSent).Should().Be(Quota);
        world.Flows.Should().HaveCount(2 * (100 + Quota), "both directions or none");
        Count(world).Should().Be(Quota);
        world.Count(RawReason.EmbryoEvicted).Should().Be(3000 - Quota);
        world.Send(world.ToVip().Tcp(1024, World.Port, TcpBits.Ack, 1001, 5001)).Verdict.Should().Be(Verdict.Sent);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FloodOfDatagramsLargerThanTheTable_TakesNoPlaceFromWhoIsIn(Hook hook, int family) => Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp), world.Service(ServiceProtocol.Tcp));
        for (var port = 1024; port < 1124; port++)
        {
            world.OpenUdp(port);
            world.OpenTcp(port);
        }

        for (var port = 10_000; port < 13_000; port++)
        {
            world.Datagram(port).Verdict.Should().Be(Verdict.Sent);
        }

        world.Connections.Count(c => c.State == ConnectionState.TwoWay).Should().Be(100);
        world.Connections.Count(c => c.State == ConnectionState.Established).Should().Be(100);
        world.Connections.Count(c => c.State == ConnectionState.OneWay).Should().Be(Quota);
        world.Flows.Should().HaveCount(2 * (200 + Quota));
        Count(world).Should().Be(Quota);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void PromptHandshake_OutlivesAFloodOfHalfTheQuota(Hook hook, int family) => Run(hook, family, world =>
    {
        world.WithTcp();
        Flood(world, 10_000, 3 * Quota);
        var syn = world.Syn(1024);
        Flood(world, 20_000, Quota / 4);
        world.Answer(syn).Verdict.Should().Be(Verdict.Sent);
        Flood(world, 30_000, Quota / 4);
        world.Send(world.ToVip().Tcp(1024, World.Port, TcpBits.Ack, 1001, 5001)).Verdict.Should().Be(Verdict.Sent);
        Flood(world, 40_000, 3 * Quota);

        world.Connections.Should().ContainSingle(c => c.ClientPort == 1024 && c.State == ConnectionState.Established);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void OldestGoesFirst(Hook hook, int family) => Run(hook, family, world =>
    {
        world.WithTcp();
        Flood(world, 10_000, Quota);
        Flood(world, 20_000, 10);

        Embryonic(world).Should().Equal([.. Enumerable.Range(10_010, Quota - 10), .. Enumerable.Range(20_000, 10)]);
    });

    /// <summary>While nobody had to go the ring went round: the place of the oldest is not where the last eviction was.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void OldestGoesFirst_AfterTheRingWentRound(Hook hook, int family) => Run(hook, family, world =>
    {
        world.WithTcp();
        for (var port = 1024; port < 1024 + Places + 20; port++)
        {
            world.OpenTcp(port);
        }

        Flood(world, 10_000, Quota);
        Flood(world, 20_000, 10);

        Embryonic(world).Should().Equal([.. Enumerable.Range(10_010, Quota - 10), .. Enumerable.Range(20_000, 10)]);
        Count(world).Should().Be(Quota);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void UnansweredForLong_StaysWhenTheRingGoesRoundAndThereIsRoom(Hook hook, int family) => Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp), world.Service(ServiceProtocol.Tcp));
        world.Datagram(53);
        for (var round = 0; round < 3; round++)
        {
            for (var port = 1024; port < 1024 + Places; port++)
            {
                world.OpenTcp(port);
            }

            world.Balancer.Connections.Delete(c => c.Protocol == ServiceProtocol.Tcp).Should().Be(Places);
        }

        world.Connection.ClientPort.Should().Be(53);
        Count(world).Should().Be(1);
        world.Count(RawReason.EmbryoEvicted).Should().Be(0);
        world.Datagram(53).Verdict.Should().Be(Verdict.Sent);
        Flood(world, 10_000, Quota);
        Count(world).Should().Be(Quota);
        world.Flows.Should().HaveCount(2 * Quota);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void CountIsExact_WhateverEndsThem(Hook hook, int family) => Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp), world.Service(ServiceProtocol.Tcp), world.Service(ServiceProtocol.Icmp));
        var random = new Random(family);
        for (var step = 0; step < 4000; step++)
        {
            var port = random.Next(1024, 1024 + 400);
            switch (random.Next(9))
            {
                case 0:
                    world.OpenTcp(port);
                    break;
                case 1:
                    world.OpenUdp(port);
                    break;
                case 2:
                    world.Send(world.ToVip().IcmpEcho((ushort)port, 1));
                    break;
                case 3:
                    world.Send(world.ToVip().Tcp((ushort)port, World.Port, TcpBits.Rst | TcpBits.Ack, 1001, 5001));
                    break;
                case 4:
                    var there = world.Syn(port);
                    world.Send(Talk.Back(there).Tcp(World.EndpointPort, there.Packet.SourcePort, TcpBits.Rst | TcpBits.Ack, 0, 1001));
                    break;
                case 5 when step % 37 == 0:
                    world.Balancer.Connections.Delete(c => c.ClientPort % 7 == 0);
                    break;
                case 6 when step % 37 == 0:
                    world.Age(TimeSpan.FromSeconds(300), flow => flow.Xsport % 5 == 0 || flow.Xdport % 5 == 0);
                    world.Balancer.Connections.Sweep(null);
                    break;
                default:
                    world.Syn(port);
                    world.Datagram(port);
                    break;
            }

            if (step % 500 == 499)
            {
                Count(world).Should().Be((uint)world.Flows.Count(f => (f.Flags & Shared.FlowReverse) == 0 && IsEmbryonic(f)), $"step {step}");
                (world.Flows.Count % 2).Should().Be(0);
            }
        }

        Count(world).Should().BeInRange(1, Quota);
        world.Balancer.Connections.Delete(_ => true);
        Count(world).Should().Be(0);
        RingOccupants(world).Should().Be(0);
    });

    /// <summary>The ring went round: where one had its place there is another one now, that shall not leave with it.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void PlaceThatAnotherHasTaken_StaysItsOwn(int family) => Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        world.Syn(10_000);
        var place = (uint)(world.Flows.Single(f => (f.Flags & Shared.FlowReverse) == 0).Extra & Shared.ExtraEmbryo) - 1;
        var port = WireAddress.ToWire(10_001);
        if (family == 4)
        {
            world.Maps.Embryos4.Update(place, world.Maps.Flow4.ToArray().Single(e => (e.Value.Flags & Shared.FlowReverse) == 0).Key with { Sport = port });
        }
        else
        {
            world.Maps.Embryos6.Update(place, world.Maps.Flow6.ToArray().Single(e => (e.Value.Flags & Shared.FlowReverse) == 0).Key with { Sport = port });
        }

        world.Balancer.Connections.Delete(_ => true).Should().Be(1);

        var left = family == 4 ? Lookup(world.Maps.Embryos4, place) : Lookup(world.Maps.Embryos6, place);
        left.Should().Be((port, (byte)ServiceProtocol.Tcp));
        Count(world).Should().Be(0);

        static (ushort Port, byte Protocol) Lookup<TKey>(TypedMap<uint, TKey> ring, uint place)
            where TKey : unmanaged, IFlowKey<TKey>
        {
            ring.TryLookup(place, out var key).Should().BeTrue();
            return (WireAddress.ToWire(key.SourcePort), key.Protocol);
        }
    });

    /// <summary>What takes a segment without a connection for the middle of one may be deceived: until the endpoint answers it is in the making.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void FloodOfSegmentsFromNowhere_TakesAQuarterOnly(Hook hook, int family) => Run(hook, family, world =>
    {
        world.WithTcp(selection: SelectionPolicy.Hash);
        for (var port = 1024; port < 1124; port++)
        {
            var there = world.Send(world.ToVip().Tcp((ushort)port, World.Port, TcpBits.Ack, 1001, 5001));
            world.Send(Talk.Back(there).Tcp(World.EndpointPort, there.Packet.SourcePort, TcpBits.Ack, 5001, 1001));
        }

        Count(world).Should().Be(0);
        for (var port = 10_000; port < 12_000; port++)
        {
            world.Send(world.ToVip().Tcp((ushort)port, World.Port, TcpBits.Ack, 1001, 5001)).Verdict.Should().Be(Verdict.Sent);
        }

        Count(world).Should().Be(Quota);
        world.Connections.Count(c => c.ClientPort < 2000).Should().Be(100);
        world.Flows.Should().HaveCount(2 * (100 + Quota));
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FullTableOfOpenConnections_NewOnesAreRefusedAndTheOthersGoOn(Hook hook, int family) => Run(hook, family, world =>
    {
        world.WithTcp();
        for (var port = 1024; port < 1024 + (4 * Quota); port++)
        {
            world.OpenTcp(port);
        }

        world.TakePunts().Should().BeEmpty();
        world.Flows.Should().HaveCount(8 * Quota);

        world.Syn(9000).Verdict.Should().Be(Verdict.Drop);

        world.TakePunts().Should().Equal(RawReason.RefusedTableFull);
        world.Count(RawReason.RefusedTableFull).Should().Be(1);
        world.Count(RawReason.EmbryoEvicted).Should().Be(0);
        world.Connections.Count(c => c.State == ConnectionState.Established).Should().Be(4 * Quota);
        Count(world).Should().Be(0);
        for (var port = 1024; port < 1024 + (4 * Quota); port++)
        {
            Expect.ToEndpoint(world, world.Send(world.ToVip().Tcp((ushort)port, World.Port, TcpBits.Ack, 1001, 5001)));
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FullTable_WhoIsOnlyBeingMadeGoesForWhoIsNew(Hook hook, int family) => Run(hook, family, world =>
    {
        world.WithTcp();
        world.Syn(9000);
        for (var port = 1024; port < 1023 + (4 * Quota); port++)
        {
            world.OpenTcp(port);
        }

        world.Flows.Should().HaveCount(8 * Quota);

        world.OpenTcp(9001).Verdict.Should().Be(Verdict.Sent);

        world.Connections.Should().HaveCount(4 * Quota).And.OnlyContain(c => c.State == ConnectionState.Established);
        world.Count(RawReason.EmbryoEvicted).Should().Be(1);
        world.TakePunts().Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FullTable_NothingPassesUntranslated(Hook hook, int family) => Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp), world.Service(ServiceProtocol.Udp), world.Service(ServiceProtocol.Icmp), world.Service(ServiceProtocol.Sctp));
        for (var port = 1024; port < 1024 + (4 * Quota); port++)
        {
            world.OpenUdp(port);
        }

        foreach (var packet in (PacketBuilder[])
        [
            world.ToVip().Tcp(9000, World.Port),
            world.ToVip().Udp(9000, World.Port),
            world.ToVip().IcmpEcho(9000, 1),
            world.ToVip().Sctp(9000, World.Port, 0, SctpChunk.Init(7)),
            .. world.ToVip().Udp(9001, World.Port, Packet.Counting(200)).Fragments(128).Take(2),
        ])
        {
            world.Send(packet).Verdict.Should().Be(Verdict.Drop);
        }

        world.TakePunts().Should().Equal([.. Enumerable.Repeat(RawReason.RefusedTableFull, 5), RawReason.HeldFragment]);
    });

    private static void Run(Hook hook, int family, Action<World> test) => World.Run(hook, family, test, Small);

    private static void Flood(World world, int firstPort, int count)
    {
        for (var port = firstPort; port < firstPort + count; port++)
        {
            world.Syn(port).Verdict.Should().Be(Verdict.Sent);
        }
    }

    private static IEnumerable<int> Embryonic(World world) => world.Connections.Where(c => c.State == ConnectionState.SynSent).Select(c => (int)c.ClientPort).Order();

    private static bool IsEmbryonic(RawFlow flow) => (RawFlowState)flow.State is RawFlowState.SynSent or RawFlowState.SynReceived or RawFlowState.OneWay;

    private static uint Count(World world) => world.Maps.Embryos.Span[world.Family == 6 ? 1 : 0].Count;

    private static int RingOccupants(World world) => world.Family == 4
        ? world.Maps.Embryos4.ToArray().Count(e => e.Value.Proto != 0)
        : world.Maps.Embryos6.ToArray().Count(e => e.Value.Proto != 0);
}
