using System.Buffers.Binary;
using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>The maximum segment size in SYNs (RFC 9293 3.7.1) is lowered where a service wants it.</summary>
public sealed class MssTests
{
    [Theory]
    [ClassData(typeof(TunnelCases))]
    [Trait("Suite", "Kernels")]
    public void SynInATunnel_AnnouncesWhatFitsInside(Hook hook, int family, int outer) => World.Run(hook, family, world =>
    {
        world.KeepsSum = false;
        var endpoint = World.EndpointOf(outer, 0);
        var service = world.DsrService(ServiceProtocol.Tcp, endpoint, family == outer ? TunnelMode.Ipip : TunnelMode.Auto);
        world.With(service with { ClampMss = true });
        var most = (ushort)(1500 - (outer == 4 ? 20 : 40) - (family == 4 ? 20 : 40) - 20);
        ushort port = 40000;
        foreach (var (given, expected) in ((ushort, ushort)[])[(9000, most), ((ushort)(most + 1), most), (most, most), (536, 536)])
        {
            port++;
            var sent = world.Send(Syn(world.ToVip(), port, given));
            Expect.Sent(sent, Dsr.InTunnel(Syn(world.ToVip(), port, expected), endpoint, World.EndpointMac(0), sent), $"{given}");
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void SynAndSynAckBetweenTheFamilies_AnnounceWhatFitsTranslated(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(Cross(world) with { ClampMss = true });

        // The larger header is that of IPv6, whichever side it is on.
        var there = world.Send(Syn(world.ToVip(), 40000, 8960));
        MssOf(there).Should().Be(1440);
        there.Packet.TransportChecksumValid.Should().BeTrue();
        var other = family == 4 ? 6 : 4;
        var back = world.Send(Packet.Ip(World.EndpointOf(other, 0), World.NodeOf(other)).WithMacs(World.EndpointMac(0), World.NodeMac)
            .Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001, options: TcpOption.TypicalSyn(8960)));
        MssOf(back).Should().Be(1440);
        back.Packet.TransportChecksumValid.Should().BeTrue();
        MssOf(world.Send(Syn(world.ToVip(), 40001, 1400))).Should().Be(1400);
    });

    /// <summary>Behind an odd number of bytes the size lies across two words of the sum.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void SizeAnywhereAmongTheOptions_IsFound(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(Cross(world) with { ClampMss = true });
        ushort port = 40000;
        for (var before = 0; before <= 36; before++)
        {
            byte[] options = [.. Enumerable.Repeat((byte)1, before), .. TcpOption.Mss(8960)];

            var sent = world.Send(world.ToVip().Tcp(++port, World.Port, options: options));

            sent.Verdict.Should().Be(Verdict.Sent, $"{before} bytes before it");
            sent.Packet.TransportChecksumValid.Should().BeTrue($"{before} bytes before it");
            BinaryPrimitives.ReadUInt16BigEndian(sent.Packet.TcpOptions.Span[(before + 2)..]).Should().Be(1440, $"{before} bytes before it");
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void OptionsThatLie_ChangeNothing(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(Cross(world) with { ClampMss = true });
        ushort port = 40000;
        foreach (var options in (byte[][])
                 [
                     [],
                     [0, 2, 4, 0x23, 0],
                     [2, 3, 0x23, 0, 1, 1, 1, 1],
                     [2, 0, 0x23, 0],
                     [8, 0, 2, 4, 0x23, 0],
                     [8, 1, 2, 4, 0x23, 0],
                     [8, 255, 2, 4, 0x23, 0],
                     [1, 1, 1, 1, 1, 1, 2, 4],
                     [30, 6, 2, 4, 0x23, 0],
                 ])
        {
            var what = Convert.ToHexString(options);
            var sent = world.Send(world.ToVip().Tcp(++port, World.Port, options: options, payload: [2, 4, 0x23, 0, 2, 4, 0x23, 0]));

            sent.Verdict.Should().Be(Verdict.Sent, what);
            sent.Packet.TransportChecksumValid.Should().BeTrue(what);
            sent.Packet.TcpOptions.ToArray().Take(options.Length).Should().Equal(options, what);
            sent.Packet.Payload.ToArray().Should().Equal([2, 4, 0x23, 0, 2, 4, 0x23, 0], what);
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void WithoutTheOption_NothingIsLowered(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(Cross(world));

        MssOf(world.Send(Syn(world.ToVip(), 40000, 8960))).Should().Be(8960);
    });

    private static PacketBuilder Syn(PacketBuilder packet, ushort port, ushort size) => packet.Tcp(port, World.Port, options: TcpOption.TypicalSyn(size));

    private static ushort MssOf(Outcome sent)
    {
        sent.Verdict.Should().Be(Verdict.Sent, sent.ToString());
        return BinaryPrimitives.ReadUInt16BigEndian(sent.Packet.TcpOptions.Span[2..]);
    }

    private static Service Cross(World world)
    {
        var service = world.Service(ServiceProtocol.Tcp);
        return service with { Endpoints = [.. service.Endpoints.Select(e => e with { Address = IPAddress.Parse(World.EndpointOf(world.Family == 4 ? 6 : 4, 0)) })] };
    }
}
