using System.Buffers.Binary;
using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

public sealed class IcmpErrorTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void ErrorFromEndpoint_IsTranslatedWithWhatItReports(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        var there = world.Send(world.ToVip().Udp(5353, World.Port, Packet.Counting(32)));
        // Or now would look like then.
        world.Age(TimeSpan.FromSeconds(5), _ => true);
        var before = world.Connection;
        var entries = world.FlowBytes;

        var error = world.Send(world.FromEndpoint().PortUnreachable(there.Packet.Ip));

        Expect.ToClient(world, error);
        error.Packet.TransportChecksumValid.Should().BeTrue(error.ToString());
        var embedded = error.Packet.Embedded!;
        embedded.Source.Should().Be(IPAddress.Parse(world.Client));
        embedded.Destination.Should().Be(IPAddress.Parse(world.Vip));
        embedded.SourcePort.Should().Be(5353);
        embedded.DestinationPort.Should().Be(World.Port);
        embedded.ChecksumsValid.Should().BeTrue(embedded.ToString());
        SameEntry(world, before);
        world.FlowBytes.Should().Equal(entries, "an error neither refreshes nor removes an entry");
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void ErrorFromClient_IsTranslatedWithWhatItReports(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp().Send(world.ToVip().Tcp(40000, World.Port));
        var back = world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001, payload: [1, 2, 3, 4]));
        var before = world.Connection;

        var error = world.Send(world.ToVip().PacketTooBig(back.Packet.Ip, 1400));

        Expect.ToEndpoint(world, error);
        error.Packet.TransportChecksumValid.Should().BeTrue(error.ToString());
        var embedded = error.Packet.Embedded!;
        embedded.Source.Should().Be(IPAddress.Parse(world.Endpoint(0)));
        embedded.Destination.Should().Be(IPAddress.Parse(world.Client));
        embedded.SourcePort.Should().Be(World.EndpointPort);
        embedded.DestinationPort.Should().Be(40000);
        embedded.ChecksumsValid.Should().BeTrue(embedded.ToString());
        (error.Packet.IcmpRest & 0xffff).Should().Be(1400);
        SameEntry(world, before);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void ErrorFromRouter_KeepsItsSource(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var there = world.WithTcp().Send(world.ToVip().Tcp(40000, World.Port));

        var error = world.Send((world.FromEndpoint() with { Source = IPAddress.Parse(world.Endpoint(3)) }).TimeExceeded(there.Packet.Ip));

        error.Verdict.Should().Be(Verdict.Sent, error.ToString());
        error.Packet.Source.Should().Be(IPAddress.Parse(world.Endpoint(3)));
        error.Packet.Destination.Should().Be(IPAddress.Parse(world.Client));
        error.Packet.TransportChecksumValid.Should().BeTrue();
        error.Packet.Embedded!.Destination.Should().Be(IPAddress.Parse(world.Vip));
        error.Packet.Embedded.ChecksumsValid.Should().BeTrue();
    });

    /// <summary>RFC 8201: a datagram in pieces is too big by its first piece, which has the ports.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void TooBigAboutAFirstFragment_IsTranslated(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        var payload = Packet.Counting(2000);
        // The second piece begins with what would be the ports of the connection.
        var second = ((1496 - (family == 4 ? 20 : 48)) / 8 * 8) - 8;
        BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(second), 5353);
        BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(second + 2), World.EndpointPort);
        var pieces = world.ToVip().Udp(5353, World.Port, payload).Fragments(1496).Select(f => world.Send(f)).ToList();
        pieces.Should().HaveCount(2).And.OnlyContain(p => p.Verdict == Verdict.Sent);
        var router = world.FromEndpoint() with { Source = IPAddress.Parse(world.Endpoint(3)) };

        var error = world.Send(router.PacketTooBig(pieces[0].Packet.Ip, 1300, (family == 4 ? 20 : 48) + 8));

        error.Verdict.Should().Be(Verdict.Sent, error.ToString());
        error.Packet.Destination.Should().Be(IPAddress.Parse(world.Client));
        error.Packet.TransportChecksumValid.Should().BeTrue();
        (error.Packet.IcmpRest & 0xffff, error.Packet.Embedded!.Source!.ToString(), error.Packet.Embedded.Destination!.ToString()).Should().Be((1300u, world.Client, world.Vip));
        (error.Packet.Embedded.SourcePort, error.Packet.Embedded.DestinationPort).Should().Be((5353, World.Port));
        Expect.Untouched(world.Send(router.PacketTooBig(pieces[1].Packet.Ip, 1300)));
    });

    /// <summary>So long that the packet inside begins where the programs do not look.</summary>
    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void ErrorBehindLongHeaders_PassesUnchanged(Hook hook) => World.Run(hook, 6, world =>
    {
        var there = world.WithTcp().Send(world.ToVip().Tcp(40000, World.Port));
        foreach (var length in (int[])[1918, 1926, 1942, 1958, 1966])
        {
            Expect.Untouched(world.Send(world.FromEndpoint().Extension(IpProtocol.DestinationOptions, new byte[length]).PortUnreachable(there.Packet.Ip)));
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void ErrorAboutEcho_IsTranslated(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Icmp));
        var there = world.Send(world.ToVip().IcmpEcho(77, 1, [1, 2, 3, 4]));

        var error = world.Send(world.FromEndpoint().TimeExceeded(there.Packet.Ip));

        Expect.ToClient(world, error);
        error.Packet.TransportChecksumValid.Should().BeTrue(error.ToString());
        error.Packet.Embedded!.Destination.Should().Be(IPAddress.Parse(world.Vip));
        error.Packet.Embedded.IcmpRest.Should().Be((77 << 16) | 1);
        error.Packet.Embedded.ChecksumsValid.Should().BeTrue();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void ErrorWithEightBytesOfTcp_IsTranslated(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var there = world.WithTcp().Send(world.ToVip().Tcp(40000, World.Port));

        var error = world.Send(world.FromEndpoint().PortUnreachable(there.Packet.Ip, (family == 4 ? 20 : 40) + 8));

        Expect.ToClient(world, error);
        error.Packet.TransportChecksumValid.Should().BeTrue(error.ToString());
        error.Packet.Embedded!.DestinationPort.Should().Be(World.Port);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void ErrorAboutUnknownPacket_PassesUnchanged(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var cause = Packet.Ip(world.Client, world.Endpoint(0)).Tcp(1, 2).ToIp();

        Expect.Untouched(world.WithTcp().Send(world.FromEndpoint().PortUnreachable(cause)));
    });

    private static void SameEntry(World world, Connection before)
    {
        var after = world.Connection;
        (after with { Idle = default }).Should().Be(before with { Idle = default });
    }
}
