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
        clock.Advance(TimeSpan.FromSeconds(1));
        SendThree(world);
        user.Events.Take();
        user.Punts.Neighbours.Counters.Should().Be(new NeighbourCounters(2, 4, 0));
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

    private static void Direct(World world, string endpoint) => world.With(new Service
    {
        Key = new ServiceKey(IPAddress.Parse(world.Vip), ServiceProtocol.Udp, World.Port),
        Mode = NatMode.Dsr,
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
