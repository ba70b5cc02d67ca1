using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

public sealed class MalformedTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    public void FrameCutAtAnyLength_IsNeverHalfRewritten(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp), world.Service(ServiceProtocol.Udp), world.Service(ServiceProtocol.Icmp));
        var there = world.Send(world.ToVip().Udp(5353, World.Port, [1, 2, 3]));
        List<PacketBuilder> whole =
        [
            world.ToVip().Tcp(40000, World.Port),
            world.ToVip().Vlan(7).Udp(5353, World.Port, [1, 2, 3]),
            world.ToVip().IcmpEcho(1, 1, [1, 2]),
            world.FromEndpoint().PortUnreachable(there.Packet.Ip),
            family == 4 ? world.ToVip().WithIpv4Options(1, 1, 1, 0).Tcp(40001, World.Port) : world.ToVip().HopByHop().DestinationOptions().Tcp(40001, World.Port),
            world.ToVip().Vlan(7, tpid: 0x88a8).Vlan(8).Tcp(40002, World.Port, options: TcpOption.TypicalSyn()),
            world.ToVip().Udp(5354, World.Port, Packet.Counting(64)).AsFragment(0, true),
            world.ToVip().Raw(IpProtocol.Udp, Packet.Counting(64)).AsFragment(128, false),
            world.ToVip().PacketTooBig(Packet.Ip(world.Vip, world.Client).Udp(World.Port, 5353, [1]).ToIp(), 1400),
        ];
        foreach (var frame in whole.Select(p => p.ToFrame()))
        {
            // A test run of TC takes no frame without a whole IP header.
            for (var length = hook == Hook.Tc ? (family == 4 ? 34 : 54) : 14; length < frame.Length; length++)
            {
                var outcome = world.Send(frame[..length]);

                (outcome.Verdict is Verdict.Pass or Verdict.Drop).Should().BeTrue($"{length} of {frame.Length} bytes: {outcome}");
                outcome.IsUnchanged.Should().BeTrue($"{length} of {frame.Length} bytes: {outcome}");
            }
        }

        world.Connections.Should().HaveCount(1, "of the whole datagram at the beginning");
    });

    /// <summary>The IP header is honest about the short length, what it carries is cut.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void PayloadCutAtAnyLength_IsDroppedWhenItIsForAService(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        var segment = world.ToVip().Tcp(40000, World.Port).ToIp().AsMemory(family == 4 ? 20 : 40);
        for (var length = 0; length < segment.Length; length++)
        {
            var outcome = world.Send(world.ToVip().Raw(IpProtocol.Tcp, segment[..length]));

            outcome.Verdict.Should().Be(Verdict.Drop, $"{length} of {segment.Length} bytes");
            Expect.Untouched(world.Send(world.ToVip(vip: world.OtherVip).Raw(IpProtocol.Tcp, segment[..length])));
        }

        world.Count(RawReason.DropMalformed).Should().Be((ulong)segment.Length);
        world.Flows.Should().BeEmpty();
    });

    /// <summary>As above for everything that is parsed behind an IP header: what still has all that it needs is forwarded whole, nothing is changed by half.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void AnyPayloadCutAtAnyLength_IsTranslatedOrLeftAlone(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp), world.Service(ServiceProtocol.Udp), world.Service(ServiceProtocol.Icmp));
        var there = world.Send(world.ToVip().Udp(5353, World.Port, Packet.Counting(20)));
        world.Send(world.ToVip().Tcp(40000, World.Port));
        var reported = Packet.Ip(world.Client, world.Endpoint(0)).Tcp(40000, World.EndpointPort, options: TcpOption.TypicalSyn()).ToIp();
        List<PacketBuilder> whole =
        [
            world.ToVip().Udp(5353, World.Port, Packet.Counting(20)),
            world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, options: TcpOption.TypicalSyn()),
            world.ToVip().IcmpEcho(1, 1, [1, 2]),
            world.FromEndpoint().IcmpEcho(1, 1, [1, 2], reply: true),
            world.FromEndpoint().PortUnreachable(there.Packet.Ip),
            world.FromEndpoint().TimeExceeded(reported),
        ];
        var forwarded = 0;
        foreach (var packet in whole)
        {
            var header = family == 4 ? 20 : 40;
            var transport = packet.ToIp().AsMemory(header);
            for (var length = 0; length <= transport.Length; length++)
            {
                var outcome = world.Send(packet.Raw(packet.Protocol, transport[..length]));

                var what = $"{length} of {transport.Length} bytes: {outcome}";
                if (outcome.Verdict != Verdict.Sent)
                {
                    outcome.IsUnchanged.Should().BeTrue(what);
                    continue;
                }

                forwarded++;
                outcome.Frame.Length.Should().Be(outcome.Sent.Length, what);
                outcome.Packet.Ttl.Should().Be(63, what);
                outcome.Packet.IpChecksumValid.Should().BeTrue(what);
                (outcome.Packet.Source!.Equals(IPAddress.Parse(world.Client)) ? outcome.Packet.Destination!.Equals(IPAddress.Parse(world.Endpoint(0))) : outcome.Packet.Source.Equals(IPAddress.Parse(world.Vip)))
                    .Should().BeTrue(what);
            }

            world.Send(packet).Packet.TransportChecksumValid.Should().BeTrue("the whole one is right");
        }

        forwarded.Should().BeGreaterThan(whole.Count);
    });

    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void RoutingHeader_IsDropped(Hook hook) => World.Run(hook, 6, world =>
    {
        world.WithTcp().Send(world.ToVip().Routing().Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Drop);

        world.Count(RawReason.DropRoutingHeader).Should().Be(1);
        world.Flows.Should().BeEmpty();
        Expect.Untouched(world.Send(world.ToVip(vip: world.OtherVip).Routing().Tcp(40000, World.Port)));
    });

    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void LongHeaderChain_IsDropped(Hook hook) => World.Run(hook, 6, world =>
    {
        var packet = world.ToVip().HopByHop();
        for (var i = 0; i < 4; i++)
        {
            packet = packet.DestinationOptions();
        }

        world.WithTcp().Send(packet.Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Drop);

        world.Count(RawReason.DropHeaderChain).Should().Be(1);
    });

    /// <summary>The upper-layer header must be read where the endpoint will read it.</summary>
    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void HeadersBeyondTheFirstTwoKibibytes_AreDropped(Hook hook) => World.Run(hook, 6, world =>
    {
        world.WithTcp().Send(world.ToVip().DestinationOptions(2048).Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Drop);

        world.Count(RawReason.DropHeaderChain).Should().Be(1);
        world.Flows.Should().BeEmpty();
    });

    /// <summary>Ethernet pads short packets: the padding is no header.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void UdpHeaderInThePadding_IsDropped(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));

        world.Send(world.ToVip().Udp(5353, World.Port, [1, 2, 3, 4]).WithTotalLength(family == 4 ? 24 : 4)).Verdict.Should().Be(Verdict.Drop);

        world.Count(RawReason.DropMalformed).Should().Be(1);
        world.Flows.Should().BeEmpty();
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void FrameForAnotherHost_IsLeftAlone(int family) => World.Run(Hook.Tc, family, world =>
    {
        var overheard = world.WithTcp().ToVip().WithMacs(World.ClientMac, "02:00:00:00:00:99").Tcp(40000, World.Port).ToFrame();

        var left = world.Send(overheard);

        left.Verdict.Should().Be(Verdict.Pass);
        left.IsUnchanged.Should().BeTrue();
        world.Flows.Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void TcpHeaderThatClaimsTooMuch_IsDropped(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var frame = world.WithTcp().ToVip().Tcp(40000, World.Port).ToFrame();
        var offset = new ParsedPacket(frame).TransportOffset + 12;
        foreach (var words in (int[])[0, 4, 6, 15])
        {
            frame[offset] = (byte)(words << 4);
            world.Send(frame).Verdict.Should().Be(Verdict.Drop, $"data offset {words}");
        }

        world.Flows.Should().BeEmpty();
    });
}
