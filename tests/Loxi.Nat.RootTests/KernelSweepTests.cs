using System.Net;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.DataPlane;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>The program that looks for connections that are over, beside the sweep that reads every entry.</summary>
public sealed class KernelSweepTests
{
    private static NatOptions Large => World.SmallOptions with { MaxConnections = 20_000, MaxServices = 1024, MaxEndpoints = 4096 };

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void WhatStays_AddsUpToTheSameAsByReading(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.With(
            world.Service(ServiceProtocol.Tcp, endpoints: 3, SelectionPolicy.LeastConnections),
            world.Service(ServiceProtocol.Tcp, endpoints: 2, SelectionPolicy.Hash, world.OtherVip) with { InactiveTimeout = TimeSpan.FromSeconds(30) },
            world.Service(ServiceProtocol.Udp, endpoints: 2));
        for (ushort port = 5000; port < 5020; port++)
        {
            world.Send(world.ToVip().Tcp(port, World.Port));
            world.Send(world.ToVip(vip: world.OtherVip).Tcp(port, World.Port, TcpBits.Ack, 1, 1));
            world.Send(world.ToVip().Udp(port, World.Port));
        }

        var byReading = ByReading(world);
        var inKernel = InKernel(world);

        inKernel.Count.Should().Be(60).And.Be(byReading.Count);
        inKernel.Active.Should().Equal(byReading.Active);
        inKernel.Active.Where(active => active > 0).Should().HaveCount(7, "all the endpoints have some");
    });

    [Fact]
    public void CountsOfThePrograms_AreCheckedInTheKernelToo() => World.Run(Hook.Tc, 4, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp, endpoints: 1, SelectionPolicy.LeastConnections));
        world.Send(world.ToVip().Tcp(5000, World.Port));
        world.Send(world.ToVip().Tcp(5001, World.Port));
        var endpoint = world.Flows[0].Endpoint;
        var (load, embryos) = (world.Maps.EndpointLoad, world.Maps.Embryos);
        load.Span[(int)endpoint].Active = 9;
        embryos.Span[0].Count = 500;

        world.Balancer.Connections.Sweep(null);
        world.Balancer.Connections.Sweep(null);

        load.Span[(int)endpoint].Active.Should().Be(2);
        embryos.Span[0].Count.Should().Be(2);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void MoreIsOverThanThePassCanTell_AllOfItGoesInOneSweep(int family) => World.Run(Hook.Tc, family, world =>
    {
        const int connections = (Shared.SweepFound / 2) + 1500;
        world.With(world.Service(ServiceProtocol.Udp));
        AddSilent(world, connections, bothDirections: true);

        world.Balancer.Connections.Sweep(null);

        world.Flows.Should().BeEmpty();
        world.Balancer.Connections.Expired.Should().Be(connections);
        world.Balancer.Connections.Count.Should().Be(0);
    }, Large);

    [Fact]
    public void OneDirectionIsSilentInMoreThanThePassCanTell_NoneOfThemIsTold() => World.Run(Hook.Tc, 4, world =>
    {
        const int connections = Shared.SweepFound + 100;
        world.With(world.Service(ServiceProtocol.Udp));
        AddSilent(world, connections, bothDirections: false);

        NewSweep(world).TryPrepare().Should().BeTrue();
        world.Balancer.DataPlane.Sweep.Run<RawFlowKey4>(FlowClock.Now, 0, out var found);
        world.Balancer.Connections.Sweep(null);

        found.Length.Should().Be(0);
        world.Balancer.Connections.Expired.Should().Be(0);
        world.Balancer.Connections.Count.Should().Be(connections);
    }, Large);

    [Fact]
    public void NothingOfWhatItTellsCanBeRemoved_EveryEntryIsRead() => World.Run(Hook.Tc, 4, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        // Each half of a connection whose other half is of another family: only user space can say whether that has seen packets. These have none.
        AddSilent(world, Shared.SweepFound + 100, bothDirections: true, Shared.FlowCross);
        AddOtherHalves(world);

        world.Balancer.Connections.Sweep(null);

        world.Balancer.Connections.Expired.Should().Be(0, "the halves in the other table have seen packets");
        world.Balancer.Connections.Count.Should().Be(Shared.SweepFound + 100);
    }, Large);

    [Fact]
    public void MoreDifferentTimeoutsThanThePassCanHold_ConnectionsEndAllTheSame() => World.Run(Hook.Tc, 4, world =>
    {
        Service[] services =
        [
            .. Enumerable.Range(0, Shared.SweepClasses + 1).Select(i =>
                world.Service(ServiceProtocol.Udp, vip: new IPAddress([203, 0, (byte)(114 + (i / 200)), (byte)(1 + (i % 200))]).ToString()) with { InactiveTimeout = TimeSpan.FromSeconds(10 + i) }),
        ];
        world.With(services);
        world.Send(world.ToVip(vip: services[0].Key.Vip.ToString()).Udp(5000, World.Port));
        world.Age(TimeSpan.FromSeconds(9), _ => true);
        world.Balancer.Connections.Sweep(null);
        world.Connections.Should().ContainSingle();
        world.Age(TimeSpan.FromSeconds(2), _ => true);

        NewSweep(world).TryPrepare().Should().BeFalse();
        world.Balancer.Connections.Sweep(null);

        world.Connections.Should().BeEmpty();
    }, Large);

    private static KernelSweep NewSweep(World world) => new(world.Balancer.DataPlane.Sweep, world.Maps, world.Balancer.Tables, new ConnectionTimeouts());

    private static SweepState NewState(World world) => new()
    {
        Now = FlowClock.Now,
        Services = world.Balancer.Tables,
        Timeouts = new ConnectionTimeouts(),
        Retired = null,
        Active = new uint[world.Maps.Endpoints.Map.MaxEntries],
    };

    private static SweepState ByReading(World world)
    {
        var state = NewState(world);
        var pairs = new FlowPairs(world.Balancer.DataPlane);
        new FlowTable<RawFlowKey4>(world.Maps.Flow4, pairs).Sweep(ref state);
        new FlowTable<RawFlowKey6>(world.Maps.Flow6, pairs).Sweep(ref state);
        return state;
    }

    private static SweepState InKernel(World world)
    {
        var state = NewState(world);
        var pairs = new FlowPairs(world.Balancer.DataPlane);
        var kernel = NewSweep(world);
        kernel.TryPrepare().Should().BeTrue();
        kernel.TrySweep(new FlowTable<RawFlowKey4>(world.Maps.Flow4, pairs), ref state).Should().BeTrue();
        kernel.TrySweep(new FlowTable<RawFlowKey6>(world.Maps.Flow6, pairs), ref state).Should().BeTrue();
        return state;
    }

    /// <summary>Connections like the one that a packet makes, silent for longer than any may be.</summary>
    private static void AddSilent(World world, int connections, bool bothDirections, int flags = 0)
    {
        world.Send(world.ToVip().Udp(5000, World.Port));
        if (world.Family == 4)
        {
            var made = world.Maps.Flow4.ToArray();
            var (forward, reverse) = (made.Single(e => (e.Value.Flags & Shared.FlowReverse) == 0), made.Single(e => (e.Value.Flags & Shared.FlowReverse) != 0));
            world.Maps.Flow4.TryDelete(forward.Key);
            world.Maps.Flow4.TryDelete(reverse.Key);
            for (var i = 0u; i < connections; i++)
            {
                world.Maps.Flow4.Update(forward.Key with { Saddr = i + 1 }, Old(forward.Value, flags) with { Xsaddr4 = i + 1 });
                if ((flags & Shared.FlowCross) == 0)
                {
                    world.Maps.Flow4.Update(reverse.Key with { Daddr = i + 1 }, (bothDirections ? Old(reverse.Value, flags) : reverse.Value) with { Xdaddr4 = i + 1, Extra = 0 });
                }
            }
        }
        else
        {
            var made = world.Maps.Flow6.ToArray();
            var (forward, reverse) = (made.Single(e => (e.Value.Flags & Shared.FlowReverse) == 0), made.Single(e => (e.Value.Flags & Shared.FlowReverse) != 0));
            world.Maps.Flow6.TryDelete(forward.Key);
            world.Maps.Flow6.TryDelete(reverse.Key);
            for (var i = 0u; i < connections; i++)
            {
                var client = WireAddress.ToBytes(i + 1);
                world.Maps.Flow6.Update(forward.Key with { Saddr = client }, Old(forward.Value, flags) with { Xsaddr6 = client });
                world.Maps.Flow6.Update(reverse.Key with { Daddr = client }, (bothDirections ? Old(reverse.Value, flags) : reverse.Value) with { Xdaddr6 = client, Extra = 0 });
            }
        }
    }

    /// <summary>What entries that say that they are one half of a connection between the families lack: the other one, which has just seen a packet.</summary>
    private static void AddOtherHalves(World world)
    {
        foreach (var (key, flow) in world.Maps.Flow4.ToArray())
        {
            var translated = flow with { Xsaddr6 = WireAddress.ToBytes(key.Saddr), Xdaddr6 = WireAddress.ToBytes(7), Xsport = key.Sport, Xdport = WireAddress.ToWire(World.EndpointPort) };
            world.Maps.Flow4.Update(key, translated);
            var back = RawFlowKey6.Sibling(translated, key.Proto);
            world.Maps.Flow6.Update(back, new RawFlow
            {
                LastSeen = FlowClock.Now,
                State = flow.State,
                Endpoint = flow.Endpoint,
                Flags = (ushort)(flow.Flags | Shared.FlowReverse),
                Xsaddr4 = key.Daddr,
                Xdaddr4 = key.Saddr,
                Xsport = key.Dport,
                Xdport = key.Sport,
            });
        }
    }

    private static RawFlow Old(RawFlow flow, int flags) => flow with
    {
        LastSeen = FlowClock.Now - (uint)FlowClock.ToTicks(TimeSpan.FromHours(3)),
        Flags = (ushort)(flow.Flags | flags),
        Extra = 0,
    };
}
