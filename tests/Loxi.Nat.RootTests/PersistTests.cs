using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>A client keeps its endpoint for a while, and only while that endpoint may have it.</summary>
public sealed class PersistTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void ClientKeepsItsEndpoint_WhateverItsPort(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(Sticky(world));

        var chosen = Enumerable.Range(0, 60).Select(i => Enumerable.Range(0, 5).Select(p => Choose(world, Client(world, i), 40_000 + p)).Distinct().ToList()).ToList();

        chosen.Should().OnlyContain(c => c.Count == 1);
        chosen.SelectMany(c => c).Distinct().Should().HaveCount(3, "clients that differ in the last byte only are other clients");
        world.Maps.Persist.ToArray().Should().HaveCount(60);
    });

    /// <summary>The whole IPv6 address, not a prefix of it and not the interface identifier alone.</summary>
    [Fact]
    public void WholeIpv6Address_IsTheClient() => World.Run(Hook.Tc, 6, world =>
    {
        world.Tables(Sticky(world));

        Enumerable.Range(1, 40).Select(i => Choose(world, $"2001:db8:{i:x}::10")).Distinct().Should().HaveCount(3);
        Enumerable.Range(1, 40).Select(i => Choose(world, $"2001:db8:ffff::{i:x}")).Distinct().Should().HaveCount(3);
        world.Maps.Persist.ToArray().Should().HaveCount(80);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void TimeIsRenewedByEachNewConnection(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(Sticky(world) with { PersistTimeout = TimeSpan.FromSeconds(60) });
        var first = Choose(world, world.Client, 40_000);
        var other = Move(world, first);

        for (var i = 0; i < 4; i++)
        {
            Age(world, 50);
            Choose(world, world.Client, 40_001 + i).Should().Be(other, $"after {50 * (i + 1)} s");
        }

        Age(world, 61);
        Choose(world, world.Client, 40_010).Should().Be(first, "it is forgotten, and the table of all clients decides again");
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EndpointThatMayNotHaveIt_IsLeft(bool draining) => World.Run(Hook.Tc, 4, world =>
    {
        var service = Sticky(world);
        world.Tables(service);
        var other = Move(world, Choose(world, world.Client, 40_000));
        var gone = service.Endpoints.Single(e => e.Address.ToString() == other);
        if (draining)
        {
            world.Tables(service with { Endpoints = [.. service.Endpoints.Where(e => e != gone), gone with { Draining = true }] });
        }
        else
        {
            world.Balancer.Tables.SetActive(service.Key, gone, false);
        }

        var next = Choose(world, world.Client, 40_001);
        next.Should().NotBe(other);
        if (draining)
        {
            world.Tables(service);
        }
        else
        {
            world.Balancer.Tables.SetActive(service.Key, gone, true);
        }

        Choose(world, world.Client, 40_002).Should().Be(next, "it has moved");
    });

    [Fact]
    public void EndpointThatWasRemovedAndCameAgain_IsAnother() => World.Run(Hook.Tc, 4, world =>
    {
        var service = Sticky(world);
        world.Tables(service);
        var first = Choose(world, world.Client, 40_000);
        var other = Move(world, first);
        world.Tables(service with { Endpoints = [.. service.Endpoints.Where(e => e.Address.ToString() != other)] });
        world.Balancer.SweepOnce();
        world.Tables(service);

        // The worst case: it has got the place that the other one had.
        var (key, kept) = world.Maps.Persist.ToArray().Single();
        kept.Endpoint = world.Maps.Endpoints.ToArray().Single(e => e.Value.Serial != 0 && e.Value.Serial != kept.Serial && WireAddress.ToAddress(e.Value.Addr).ToString() == other).Key;
        world.Maps.Persist.Update(key, kept);
        Choose(world, world.Client, 40_001).Should().Be(first);
    });

    [Fact]
    public void ServiceThatWasRemovedAndCameAgain_IsAnother() => World.Run(Hook.Tc, 4, world =>
    {
        var service = Sticky(world);
        world.Tables(service);
        var first = Choose(world, world.Client, 40_000);
        world.Balancer.Tables.Remove(service.Key);
        world.Balancer.SweepOnce();
        world.Tables(service);
        world.Tables(world.Service(ServiceProtocol.Udp, vip: world.OtherVip, first: 3));

        // The worst case: it has got the number that the other one had, and the endpoint that the client had is one of another service now.
        var (key, kept) = world.Maps.Persist.ToArray().Single();
        var (index, raw) = world.Maps.Endpoints.ToArray().Single(e => e.Value.Serial != 0 && WireAddress.ToAddress(e.Value.Addr).ToString() == world.Endpoint(3));
        world.Maps.Persist.TryDelete(key);
        key.Service = world.Maps.Services.ToArray().Single(s => WireAddress.ToAddress(s.Key.Vip).ToString() == world.Vip).Value.Id;
        world.Maps.Persist.Update(key, kept with { Endpoint = index, Serial = raw.Serial });
        Choose(world, world.Client, 40_001).Should().Be(first);
    });

    /// <summary>The same client port to two VIPs of one endpoint: another port then, never another endpoint.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Collision_ChangesThePortAndNotTheEndpoint(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(Sticky(world));
        world.Tables(Sticky(world) with { Key = new ServiceKey(IPAddress.Parse(world.OtherVip), ServiceProtocol.Udp, World.Port) });

        var first = world.OpenUdp(40_000);
        var second = world.OpenUdp(40_000, vip: world.OtherVip);

        second.Packet.Destination.Should().Be(first.Packet.Destination);
        second.Packet.SourcePort.Should().NotBe(40_000);
        second.Verdict.Should().Be(Verdict.Sent);
    });

    private static Service Sticky(World world) => world.Service(ServiceProtocol.Udp, 3, SelectionPolicy.Persist);

    private static string Choose(World world, string client, int port = 40_000) => world.Datagram(port, client).Packet.Destination!.ToString();

    private static string Client(World world, int index) => world.Family == 4 ? $"198.51.100.{20 + index}" : $"2001:db8:100::{20 + index:x}";

    /// <summary>As if the client had been sent to another endpoint than the table of all clients says: that one.</summary>
    private static string Move(World world, string from)
    {
        var (key, kept) = world.Maps.Persist.ToArray().Single();
        var (index, raw) = world.Maps.Endpoints.ToArray().First(e => e.Value.Serial != 0 && WireAddress.ToAddress(e.Value.Addr).ToString() != from);
        world.Maps.Persist.Update(key, new RawPersist { Endpoint = index, Serial = raw.Serial, Tick = kept.Tick });
        return WireAddress.ToAddress(raw.Addr).ToString();
    }

    private static void Age(World world, int seconds)
    {
        var (key, kept) = world.Maps.Persist.ToArray().Single();
        kept.Tick -= (uint)FlowClock.ToTicks(TimeSpan.FromSeconds(seconds));
        world.Maps.Persist.Update(key, kept);
    }
}
