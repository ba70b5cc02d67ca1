using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Which service a packet is for: ranges of ports, marks, every local address, and all of them at once.</summary>
public sealed class ServiceMatchTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void Range_HasAllItsPortsAndNoOther(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(Range(world, ServiceProtocol.Tcp, 1000, 2999, 0, World.EndpointPort), Range(world, ServiceProtocol.Udp, 1000, 2999, 1, World.EndpointPort));
        foreach (var port in (ushort[])[1000, 1001, 1023, 1024, 2047, 2048, 2998, 2999])
        {
            new Conversation(world, ServiceProtocol.Tcp) { VipPort = port, ClientPort = (ushort)(30000 + port) }.Check();
            new Conversation(world, ServiceProtocol.Udp) { VipPort = port, ClientPort = (ushort)(30000 + port), Endpoint = world.Endpoint(1), EndpointMac = World.EndpointMac(1) }.Check();
        }

        foreach (var port in (ushort[])[1, 999, 3000, 65535])
        {
            Expect.Untouched(world.Send(world.ToVip().Tcp(40000, port)));
            Expect.Untouched(world.Send(world.ToVip().Udp(40000, port)));
        }

        Expect.Untouched(world.Send(world.ToVip(vip: world.OtherVip).Tcp(40000, 1000)));
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void TargetPortZero_KeepsTheClients(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var mode in (NatMode[])[NatMode.Default, NatMode.OneArm])
        {
            foreach (var protocol in (ServiceProtocol[])[ServiceProtocol.Tcp, ServiceProtocol.Udp, ServiceProtocol.Sctp])
            {
                world.With(Range(world, protocol, 1000, 65535, 0, 0) with { Mode = mode });
                foreach (var port in (ushort[])[1000, 5060, 65535])
                {
                    new Conversation(world, protocol)
                    {
                        VipPort = port,
                        EndpointPort = port,
                        ClientPort = (ushort)(40000 + (int)mode),
                        Source = mode == NatMode.Default ? world.Client : world.Node,
                    }.Check();
                }
            }
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void OnePort_WinsOverARange(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(Range(world, ServiceProtocol.Tcp, 1, 65535, 0, World.EndpointPort), world.Service(ServiceProtocol.Tcp, first: 1));

        new Conversation(world, ServiceProtocol.Tcp) { Endpoint = world.Endpoint(1), EndpointMac = World.EndpointMac(1) }.Check();
        new Conversation(world, ServiceProtocol.Tcp) { VipPort = 79 }.Check();
        new Conversation(world, ServiceProtocol.Tcp) { VipPort = 81, ClientPort = 40001 }.Check();
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [Trait("Suite", "Kernels")]
    public void Mark_ChoosesTheBlock(int family) => World.Run(Hook.Tc, family, world =>
    {
        var plain = world.Service(ServiceProtocol.Tcp);
        var marked = world.Service(ServiceProtocol.Tcp, first: 1) with { Key = plain.Key with { Block = 7 } };
        var other = world.Service(ServiceProtocol.Udp, first: 2);
        world.With(plain, marked, other with { Key = other.Key with { Block = 9 } });

        Open(40000, 0).Should().Be(0);
        Open(40001, 7).Should().Be(1);
        Open(40002, 8).Should().Be(0, "block 0 is for every mark that has no service of its own");
        world.Mark = 0;
        Expect.Untouched(world.Send(world.ToVip().Udp(40000, World.Port)));
        world.Mark = 9;
        world.Send(world.ToVip().Udp(40000, World.Port)).Packet.Destination.Should().Be(IPAddress.Parse(world.Endpoint(2)));

        int Open(ushort port, uint mark)
        {
            world.Mark = mark;
            var to = world.Send(world.ToVip().Tcp(port, World.Port)).Packet.Destination;
            return Enumerable.Range(0, 3).Single(i => IPAddress.Parse(world.Endpoint(i)).Equals(to));
        }
    });

    /// <summary>A range, one port in it, a mark, and every local address: the most particular one wins.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void ServicesOfEveryKind_TheMostParticularWins(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.SetLocal(world.Vip);
        var host = family == 4 ? IPAddress.Any : IPAddress.IPv6Any;
        var one = world.Service(ServiceProtocol.Tcp);
        var range = Range(world, ServiceProtocol.Tcp, 70, 90, 1, World.EndpointPort);
        var everywhere = Range(world, ServiceProtocol.Tcp, 60, 100, 2, World.EndpointPort);
        var marked = Range(world, ServiceProtocol.Tcp, 60, 100, 3, World.EndpointPort);
        world.With(
            one,
            range,
            everywhere with { Mode = NatMode.HostOneArm, Key = everywhere.Key with { Vip = host } },
            marked with { Key = marked.Key with { Block = 7 } });
        ushort client = 40000;

        To(80, 0).Should().Be(0);
        To(81, 0).Should().Be(1);
        To(61, 0).Should().Be(2);
        To(80, 7).Should().Be(3);
        To(61, 7).Should().Be(3);
        world.Mark = 0;
        Expect.Untouched(world.Send(world.ToVip().Tcp(++client, 59)));
        Expect.Untouched(world.Send(world.ToVip(vip: world.OtherVip).Tcp(++client, 61)));

        int To(ushort port, uint mark)
        {
            world.Mark = mark;
            var to = world.Send(world.ToVip().Tcp(++client, port)).Packet.Destination;
            return Enumerable.Range(0, 4).Single(i => IPAddress.Parse(world.Endpoint(i)).Equals(to));
        }
    });

    private static Service Range(World world, ServiceProtocol protocol, ushort first, ushort last, int endpoint, ushort endpointPort)
    {
        var service = world.Service(protocol, first: endpoint);
        return service with
        {
            Key = new ServiceKey(service.Key.Vip, protocol, first, last, 0, ""),
            Endpoints = [.. service.Endpoints.Select(e => e with { Port = endpointPort })],
        };
    }
}
