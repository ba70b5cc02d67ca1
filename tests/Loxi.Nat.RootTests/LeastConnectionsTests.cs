using System.Net;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>The endpoint with the fewest open connections for its weight; the count follows every way in which a connection begins and ends.</summary>
public sealed class LeastConnectionsTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void Weights_DivideTheConnections(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(Least(world, 1, 3, 6));

        for (var port = 10_000; port < 10_200; port++)
        {
            world.OpenTcp(port);
        }

        Active(world).Should().Equal(20, 60, 120);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Equals_TakeTurns(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(Least(world, 1, 1, 1, 1));
        var chosen = new List<string>();
        for (var port = 10_000; port < 10_040; port++)
        {
            chosen.Add(world.OpenTcp(port).Packet.Destination!.ToString());
            world.Send(world.ToVip().Tcp((ushort)port, World.Port, TcpBits.Rst, 1001));
        }

        chosen.GroupBy(c => c).Select(g => g.Count()).Should().Equal(10, 10, 10, 10);
        Active(world).Should().Equal(0, 0, 0, 0);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void WhoLosesConnections_GetsTheNext(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(Least(world, 1, 1, 1));
        var sent = Enumerable.Range(10_000, 30).Select(port => world.OpenTcp(port)).ToList();
        foreach (var there in sent.Where(o => o.Packet.Destination!.ToString() == world.Endpoint(1)))
        {
            world.Send(Talk.Back(there).Tcp(World.EndpointPort, there.Packet.SourcePort, TcpBits.Rst, 5001));
        }

        Active(world).Should().Equal(10, 0, 10);
        Enumerable.Range(20_000, 10).Select(port => world.OpenTcp(port).Packet.Destination!.ToString()).Should().OnlyContain(d => d == world.Endpoint(1));
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void EveryEnd_IsCountedOnce(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(Least(world, 1));
        Active(world).Should().Equal(0);

        world.Syn(1024);
        Active(world).Should().Equal([1], "a SYN");
        world.Syn(1024);
        Active(world).Should().Equal([1], "the same SYN");
        world.OpenTcp(1025);
        world.Send(world.ToVip().Tcp(1025, World.Port, TcpBits.Fin | TcpBits.Ack, 1001, 5001));
        Active(world).Should().Equal([2], "half closed");
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 1025, TcpBits.Fin | TcpBits.Ack, 5001, 1002));
        Active(world).Should().Equal([1], "closed");
        world.Balancer.Connections.Delete(c => c.ClientPort == 1025).Should().Be(1);
        Active(world).Should().Equal([1], "it was not counted any more");

        world.OpenTcp(1026);
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 1026, TcpBits.Rst, 5001));
        Active(world).Should().Equal([1], "reset");
        world.Balancer.Connections.Delete(c => c.ClientPort == 1024).Should().Be(1);
        Active(world).Should().Equal([0], "deleted");

        world.OpenTcp(1027);
        world.Age(TimeSpan.FromHours(3), _ => true);
        world.Balancer.Connections.Sweep(null);
        world.Flows.Should().BeEmpty();
        Active(world).Should().Equal([0], "expired");
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void ResetConnectionThatGoesOn_IsCountedAgain(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(Least(world, 1));
        world.OpenTcp(1024);
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 1024, TcpBits.Rst, 5001));
        Active(world).Should().Equal(0);

        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 1024, TcpBits.Ack, 5001, 1001));

        world.Connection.State.Should().Be(ConnectionState.Established);
        Active(world).Should().Equal(1);
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 1024, TcpBits.Rst, 5001));
        Active(world).Should().Equal(0);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void SynOnAClosedConnection_IsOneConnection(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(Least(world, 1));
        world.OpenTcp(1024);
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 1024, TcpBits.Rst, 5001));
        world.Age(TimeSpan.FromSeconds(2), _ => true);

        world.Syn(1024).Verdict.Should().Be(Verdict.Sent);

        world.Count(RawReason.FlowReplaced).Should().Be(1);
        Active(world).Should().Equal(1);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void EvictedAndRefused_AreNotCounted(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            world.Tables(Least(world, 1));
            for (var port = 10_000; port < 10_600; port++)
            {
                world.Syn(port);
            }

            Active(world).Should().Equal(256);
            for (var port = 20_000; port < 21_024; port++)
            {
                world.OpenTcp(port);
            }

            Active(world).Should().Equal(1024);
            world.Syn(9_000).Verdict.Should().Be(Verdict.Drop);
            Active(world).Should().Equal(1024);
        },
        World.SmallOptions with { MaxConnections = 1024 });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Count_IsThatOfTheTable_WhateverHappens(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            world.Tables(Least(world, 1, 2, 3));
            var random = new Random(1000 + family);
            for (var step = 0; step < 3000; step++)
            {
                var port = (ushort)random.Next(1024, 1024 + 900);
                var there = random.Next(3) == 0 ? world.Syn(port) : world.OpenTcp(port);
                if (there.Verdict == Verdict.Sent && random.Next(3) == 0)
                {
                    world.Send(Talk.Back(there).Tcp(World.EndpointPort, there.Packet.SourcePort, random.Next(2) == 0 ? TcpBits.Rst : TcpBits.Fin | TcpBits.Ack, 5001, 1001));
                    world.Send(world.ToVip().Tcp(port, World.Port, random.Next(2) == 0 ? TcpBits.Fin | TcpBits.Ack : TcpBits.Ack, 1001, 5001));
                }

                if (step % 400 == 399)
                {
                    world.Balancer.Connections.Delete(c => c.ClientPort % 11 == 0);
                    world.Age(TimeSpan.FromSeconds(300), flow => flow.Xsport % 2 == 0);
                    world.Balancer.Connections.Sweep(null);
                    Active(world).Should().Equal(Open(world), $"step {step}");
                }
            }

            Active(world).Sum().Should().BeGreaterThan(0);
            world.Balancer.Connections.Delete(_ => true);
            Active(world).Should().Equal(0, 0, 0);
        },
        World.SmallOptions with { MaxConnections = 1024 });

    private static Service Least(World world, params int[] weights) => world.Service(ServiceProtocol.Tcp, selection: SelectionPolicy.LeastConnections) with
    {
        Endpoints = [.. weights.Select((w, i) => new ServiceEndpoint(IPAddress.Parse(world.Endpoint(i)), World.EndpointPort, w))],
    };

    /// <summary>What the programs count, in the order of the endpoints.</summary>
    private static int[] Active(World world)
    {
        var counts = new List<int>();
        foreach (var (index, _) in Endpoints(world))
        {
            counts.Add((int)world.Maps.EndpointLoad.Span[(int)index].Active);
        }

        return [.. counts];
    }

    /// <summary>What there is in the connection table.</summary>
    private static int[] Open(World world)
    {
        var flows = world.Flows;
        return [.. Endpoints(world).Select(e => flows.Count(f =>
            f.Endpoint == e.Index && (f.Flags & Shared.FlowReverse) == 0 && (RawFlowState)f.State is not (RawFlowState.Closing or RawFlowState.Reset)))];
    }

    private static List<(uint Index, string Address)> Endpoints(World world) =>
        [.. world.Maps.Endpoints.ToArray().Where(e => (e.Value.Flags & Shared.EndpointActive) != 0).Select(e => (e.Key, WireAddress.ToAddress(e.Value.Addr).ToString())).OrderBy(e => e.Item2, StringComparer.Ordinal)];
}
