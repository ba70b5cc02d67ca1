using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Counts that the programs keep: right when connections are taken out, put right when a process ended in between.</summary>
public sealed class LoadCheckTests
{
    private const int Connections = 10;

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void ConnectionsThatExpireOrAreDeleted_LeaveTheCounts(int family) => World.Run(Hook.Tc, family, world =>
    {
        var which = family == 4 ? 0 : 1;
        Open(world);
        (Active(world), Embryos(world, which)).Should().Be((Connections, Connections), "half-open connections count too");

        world.Balancer.Connections.Delete(c => c.ClientPort == 40000).Should().Be(1);
        (Active(world), Embryos(world, which)).Should().Be((Connections - 1, Connections - 1));

        world.Age(TimeSpan.FromSeconds(300), _ => true);
        world.Balancer.Connections.Sweep(null);
        (Active(world), Embryos(world, which)).Should().Be((0, 0));
        world.Flows.Should().BeEmpty();
    });

    [Fact]
    public void CountOfAnEndpointThatIsWrong_IsPutRightWhenTwoSweepsAgree() => World.Run(Hook.Tc, 4, world =>
    {
        Open(world);
        var endpoint = Endpoint(world);
        foreach (var wrong in (uint[])[3, uint.MaxValue])
        {
            world.Maps.EndpointLoad.Span[(int)endpoint].Active = wrong;
            world.Balancer.Connections.Sweep(null);
            Active(world).Should().Be(wrong, "it may be that connections have come meanwhile");
            world.Balancer.Connections.Sweep(null);
            Active(world).Should().Be(Connections);
        }
    });

    [Fact]
    public void CountOfTheMaking_IsPutRightWhenItIsFarOff() => World.Run(Hook.Tc, 4, world =>
    {
        Open(world);
        var tolerance = world.Maps.Control.Span[0].EmbryoQuota / 64;
        tolerance.Should().BePositive();
        foreach (var wrong in (uint[])[Connections + tolerance + 1, unchecked((uint)(Connections - (int)tolerance - 1))])
        {
            world.Maps.Embryos.Span[0].Count = wrong;
            world.Balancer.Connections.Sweep(null);
            world.Maps.Embryos.Span[0].Count.Should().Be(Connections);
        }

        world.Maps.Embryos.Span[0].Count = Connections + tolerance;
        world.Balancer.Connections.Sweep(null);
        world.Maps.Embryos.Span[0].Count.Should().Be(Connections + tolerance, "a sweep is no snapshot");
    });

    [Fact]
    public void EndpointThatIsReleased_BeginsAtZero() => World.Run(Hook.Tc, 4, world =>
    {
        Open(world);
        var endpoint = Endpoint(world);
        world.Maps.EndpointLoad.Span[(int)endpoint].Exhausted = 5;
        world.With();
        world.Balancer.SweepOnce();

        world.Flows.Should().BeEmpty();
        world.Maps.EndpointLoad.Span[(int)endpoint].Should().Be(default(RawEndpointLoad));
    });

    [Fact]
    public void ConnectionBetweenTheFamilies_ExpiresInBothTables() => World.Run(Hook.Tc, 6, world =>
    {
        var service = world.Service(ServiceProtocol.Udp);
        world.With(service with { Endpoints = [new ServiceEndpoint(IPAddress.Parse("192.0.2.11"), World.EndpointPort, 1)] });
        world.KeepsSum = false;
        world.Send(world.ToVip().Udp(40000, World.Port)).Verdict.Should().Be(Verdict.Sent);
        (world.Maps.Flow4.ToArray().Length, world.Maps.Flow6.ToArray().Length).Should().Be((1, 1));
        world.Balancer.Connections.Sweep(null);
        world.Balancer.Connections.Count.Should().Be(1);
        world.Connection.Source.ToString().Should().Be("192.0.2.1");

        world.Age(TimeSpan.FromSeconds(130), flow => (flow.Flags & Shared.FlowReverse) != 0);
        world.Balancer.Connections.Sweep(null);
        world.Balancer.Connections.Count.Should().Be(1, "the other direction was not silent");

        world.Age(TimeSpan.FromSeconds(130), _ => true);
        world.Balancer.Connections.Sweep(null);
        (world.Maps.Flow4.ToArray().Length, world.Maps.Flow6.ToArray().Length).Should().Be((0, 0));
        world.Balancer.Connections.Expired.Should().Be(1);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void ConnectionWithoutAWayBack_IsOne(int family) => World.Run(Hook.Tc, family, world =>
    {
        var service = world.Service(ServiceProtocol.Udp, 1, SelectionPolicy.Hash) with { Mode = NatMode.Dsr };
        world.With(service with { Endpoints = [service.Endpoints[0] with { Port = World.Port }] });
        world.Send(world.ToVip().Udp(40000, World.Port)).Verdict.Should().Be(Verdict.Sent);
        world.Flows.Should().ContainSingle();
        world.Balancer.Connections.Sweep(null);
        world.Balancer.Connections.Count.Should().Be(1);
        world.Connection.Mode.Should().Be(NatMode.Dsr);
        world.Connection.Endpoint.ToString().Should().Be(world.Endpoint(0));
        world.Connection.Source.ToString().Should().Be(world.Client);

        world.Age(TimeSpan.FromSeconds(310), _ => true);
        world.Balancer.Connections.Sweep(null);
        world.Flows.Should().BeEmpty();
        world.Balancer.Connections.Expired.Should().Be(1);
    });

    private static void Open(World world)
    {
        world.WithTcp(1, SelectionPolicy.LeastConnections);
        for (ushort port = 40000; port < 40000 + Connections; port++)
        {
            world.Send(world.ToVip().Tcp(port, World.Port)).Verdict.Should().Be(Verdict.Sent);
        }
    }

    private static uint Endpoint(World world) => world.Balancer.Tables.Slots.Values.Single().Endpoints.Values.Single().Index;

    private static uint Active(World world) => world.Maps.EndpointLoad.Span[(int)Endpoint(world)].Active;

    private static uint Embryos(World world, int which) => world.Maps.Embryos.Span[which].Count;
}
