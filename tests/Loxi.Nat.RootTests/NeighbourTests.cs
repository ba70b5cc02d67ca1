using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Linux.Netlink;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Statistics;
using Loxi.TestKit.Packets;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Neighbours that the kernel has no reason to look for by itself: direct server return on XDP drops until one is known.</summary>
public sealed class NeighbourTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void EndpointOnTheLink_IsAskedForOnceASecond(int family) => World.Run(Hook.Xdp, family, world =>
    {
        var clock = new FakeTimeProvider();
        using var user = new UserSpace(world, clock);
        Forget(world.Endpoint(0));
        Direct(world, world.Endpoint(0));

        SendThree(world);
        user.Events.Take();

        user.Punts.Neighbours.Counters.Should().Be(new NeighbourCounters(1, 2, 0));
        IsLookedFor(world.Endpoint(0)).Should().BeTrue();
        World.Ip($"neigh replace {world.Endpoint(0)} dev v0 nud failed");
        clock.Advance(TimeSpan.FromSeconds(1));
        SendThree(world);
        user.Events.Take();
        user.Punts.Neighbours.Counters.Should().Be(new NeighbourCounters(2, 4, 0));
    });

    [Fact]
    public void NeighbourThatIsKnownByNow_IsLeftAlone() => World.Run(Hook.Xdp, 4, world =>
    {
        using var user = new UserSpace(world);
        Forget(world.Endpoint(0));
        Direct(world, world.Endpoint(0));
        SendThree(world);
        World.Ip($"neigh replace {world.Endpoint(0)} lladdr {World.EndpointMac(0)} dev v0 nud permanent");

        user.Events.Take();

        user.Punts.Neighbours.Counters.Asked.Should().Be(0);
        using var client = new RtnetlinkClient();
        client.TryGetNeighbour(Sandbox.IndexOf("v0"), IPAddress.Parse(world.Endpoint(0)), out var known).Should().BeTrue();
        known.State.Should().Be(NeighbourState.Permanent);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void EndpointBehindAGateway_TheGatewayIsAskedFor(int family) => World.Run(Hook.Xdp, family, world =>
    {
        using var user = new UserSpace(world);
        var (gateway, endpoint) = family == 4 ? ("192.0.2.77", "198.18.5.5") : ("2001:db8:2::77", "2001:db8:5::5");
        World.Ip($"route add {endpoint} via {gateway} dev v0");
        Direct(world, endpoint, TunnelMode.Ipip);
        world.Send(world.ToVip().Udp(5353, World.Port, [1]));

        user.Events.Take();

        user.Punts.Neighbours.Counters.Asked.Should().Be(1);
        IsLookedFor(gateway).Should().BeTrue();
        IsLookedFor(endpoint).Should().BeFalse();
    });

    [Fact]
    public void InterfaceThatIsGone_CountedAndNoFailureOfTheRing() => World.Run(Hook.Xdp, 4, world =>
    {
        using var user = new UserSpace(world);
        Forget(world.Endpoint(0));
        Direct(world, world.Endpoint(0));
        SendThree(world);
        World.Ip("link set v0 down");

        user.Events.Take();

        user.Punts.Neighbours.Counters.Failed.Should().BeGreaterThan(0);
        user.Punts.Failures.Count.Should().Be(0);
    });

    private static void Direct(World world, string endpoint, TunnelMode tunnel = TunnelMode.Auto) => world.With(new Service
    {
        Key = new ServiceKey(IPAddress.Parse(world.Vip), ServiceProtocol.Udp, World.Port),
        Mode = NatMode.Dsr,
        Tunnel = tunnel,
        Selection = SelectionPolicy.Hash,
        Endpoints = [new ServiceEndpoint(IPAddress.Parse(endpoint), World.Port, 1)],
    });

    private static void Forget(string address) => World.Ip($"neigh del {address} dev v0");

    private static void SendThree(World world)
    {
        for (var i = 0; i < 3; i++)
        {
            world.Send(world.ToVip().Udp(5353, World.Port, [1])).Verdict.Should().Be(Verdict.Drop, "XDP cannot leave it to the kernel, which has the VIP");
        }
    }

    private static bool IsLookedFor(string address)
    {
        using var client = new RtnetlinkClient();
        return client.GetNeighbours().Any(n => n.Address == (Linux.InternetAddress)IPAddress.Parse(address) && n.State is NeighbourState.Incomplete or NeighbourState.Failed);
    }
}
