using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>How long each kind of connection may be silent, as the sweep sees it.</summary>
public sealed class TimeoutTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc4787_UdpOneWayAndTwoWay(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        world.Send(world.ToVip().Udp(5001, World.Port));
        world.Send(world.ToVip().Udp(5002, World.Port));
        world.Send(world.FromEndpoint().Udp(World.EndpointPort, 5002));

        Silent(world, 110).Should().BeEquivalentTo([(5001, ConnectionState.OneWay), (5002, ConnectionState.TwoWay)]);
        Silent(world, 20).Should().Equal((5002, ConnectionState.TwoWay));
        Silent(world, 160).Should().Equal((5002, ConnectionState.TwoWay));
        Silent(world, 20).Should().BeEmpty();
        world.Balancer.Connections.Expired.Should().Be(2);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void PacketsInEitherDirection_KeepItAlive(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        world.Send(world.ToVip().Udp(5001, World.Port));
        world.Send(world.FromEndpoint().Udp(World.EndpointPort, 5001));
        for (var i = 0; i < 3; i++)
        {
            Silent(world, 290).Should().HaveCount(1);
            world.Send(i % 2 == 0 ? world.FromEndpoint().Udp(World.EndpointPort, 5001) : world.ToVip().Udp(5001, World.Port));
        }

        Silent(world, 310).Should().BeEmpty();
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void InactiveTimeoutOfTheService_HoldsForItsOpenConnections(int family) => World.Run(Hook.Tc, family, world =>
    {
        var patient = world.Service(ServiceProtocol.Udp);
        var hasty = world.Service(ServiceProtocol.Udp, vip: world.OtherVip, first: 1) with { InactiveTimeout = TimeSpan.FromSeconds(30) };
        world.With(patient, hasty);
        foreach (var (vip, endpoint, port) in new[] { (world.Vip, 0, (ushort)5001), (world.OtherVip, 1, (ushort)5002) })
        {
            world.Send(world.ToVip(vip: vip).Udp(port, World.Port));
            world.Send(world.FromEndpoint(endpoint).Udp(World.EndpointPort, port));
        }

        world.Send(world.ToVip(vip: world.OtherVip).Udp(5003, World.Port));

        Silent(world, 25).Should().HaveCount(3);
        Silent(world, 10).Should().Equal((5001, ConnectionState.TwoWay));
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void InactiveTimeoutOfATcpService_IsNotForTheHandshake(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp) with { InactiveTimeout = TimeSpan.FromSeconds(30) });
        world.Send(world.ToVip().Tcp(40000, World.Port));
        world.Send(world.ToVip().Tcp(40001, World.Port));
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40001, TcpBits.Syn | TcpBits.Ack, 5000, 1001));
        world.Send(world.ToVip().Tcp(40001, World.Port, TcpBits.Ack, 1001, 5001));

        Silent(world, 35).Should().Equal((40000, ConnectionState.SynSent));
        Silent(world, 210).Should().BeEmpty("a handshake may take 240 s");
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Rfc5508_IcmpQuery_SixtySeconds(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Icmp)).Send(world.ToVip().IcmpEcho(7, 1));

        Silent(world, 55).Should().HaveCount(1);
        Silent(world, 10).Should().BeEmpty();
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Rfc5382_EstablishedTcp_TwoHoursAndFourMinutes(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp().Send(world.ToVip().Tcp(40001, World.Port));
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40001, TcpBits.Syn | TcpBits.Ack, 5000, 1001));
        world.Send(world.ToVip().Tcp(40001, World.Port, TcpBits.Ack, 1001, 5001));

        Silent(world, 7430).Should().HaveCount(1);
        Silent(world, 20).Should().BeEmpty();
    });

    /// <summary>Time passes without a packet, then the sweep comes: client ports and states of what is left.</summary>
    private static List<(int Port, ConnectionState State)> Silent(World world, int seconds)
    {
        world.Age(TimeSpan.FromSeconds(seconds), _ => true);
        world.Balancer.Connections.Sweep(null);
        (world.Flows.Count % 2).Should().Be(0, "both directions or none");
        return [.. world.Connections.Select(c => ((int)c.ClientPort, c.State)).Order()];
    }
}
