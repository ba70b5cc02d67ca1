using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>ICMP errors of connections whose source is rewritten: each side hears of the packet that it knows (RFC 5508 section 4).</summary>
public sealed class ModeErrorTests
{
    private const ushort ClientPort = 1000;

    public static TheoryData<Hook, int, NatMode> Modes
    {
        get
        {
            var data = new TheoryData<Hook, int, NatMode>();
            foreach (var hook in (Hook[])[Hook.Tc, Hook.Xdp])
            {
                foreach (var family in (int[])[4, 6])
                {
                    data.Add(hook, family, NatMode.OneArm);
                    data.Add(hook, family, NatMode.FullNat);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    [Trait("Suite", "Kernels")]
    public void ErrorAboutARequest_IsAboutTheClientsPacket(Hook hook, int family, NatMode mode) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { Mode = mode });
            var conversation = new Conversation(world, protocol);
            // Below the slice of source ports: the endpoint sees another one.
            var sent = world.Send(conversation.First(world.ToVip(), ClientPort, World.Port));
            var port = protocol == ServiceProtocol.Icmp ? (ushort)(sent.Packet.IcmpRest >> 16) : sent.Packet.SourcePort;
            port.Should().NotBe(ClientPort);
            var source = sent.Packet.Source!.ToString();
            var before = world.FlowBytes;
            var quoted = conversation.First(Packet.Ip(world.Client, world.Vip).WithTtl(63), ClientPort, World.Port);
            foreach (var (kind, from) in (((string, Func<PacketBuilder, ReadOnlyMemory<byte>, PacketBuilder>), string)[])
                     [
                         (Unreachable, world.Endpoint(0)), (Exceeded, world.Endpoint(3)), (TooBig, world.Endpoint(3)), (TooBig, world.Endpoint(0)),
                     ])
            {
                var error = kind.Item2(Packet.Ip(from, source).WithMacs(World.EndpointMac(0), World.NodeMac), sent.Packet.Ip);

                var outcome = world.Send(error);

                var seenFrom = from == world.Endpoint(0) ? world.Vip : from;
                var expected = kind.Item2(Packet.Ip(seenFrom, world.Client).WithMacs(World.NodeMac, World.ClientMac).WithTtl(63), Quoted(protocol, outcome, quoted));
                Expect.Sent(outcome, expected, $"{mode} {protocol} {kind.Item1} from {from}");
            }

            world.FlowBytes.Should().Equal(before, "an error neither refreshes nor removes an entry");
            world.ForgetPackets();
        }
    });

    [Theory]
    [MemberData(nameof(Modes))]
    public void ErrorAboutAnAnswer_IsAboutTheEndpointsPacket(Hook hook, int family, NatMode mode) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { Mode = mode });
            var conversation = new Conversation(world, protocol);
            var sent = world.Send(conversation.First(world.ToVip(), ClientPort, World.Port));
            var port = protocol == ServiceProtocol.Icmp ? (ushort)(sent.Packet.IcmpRest >> 16) : sent.Packet.SourcePort;
            var source = sent.Packet.Source!.ToString();
            var back = world.Send(conversation.Answer(Packet.Ip(world.Endpoint(0), source).WithMacs(World.EndpointMac(0), World.NodeMac), World.EndpointPort, port));
            back.Verdict.Should().Be(Verdict.Sent);
            var quoted = conversation.Answer(Packet.Ip(world.Endpoint(0), source).WithTtl(63), World.EndpointPort, port);
            foreach (var (kind, from) in (((string, Func<PacketBuilder, ReadOnlyMemory<byte>, PacketBuilder>), string)[])
                     [
                         (Unreachable, world.Client), (Exceeded, world.OtherClient), (TooBig, world.OtherClient),
                     ])
            {
                var error = kind.Item2(world.ToVip(from), back.Packet.Ip);

                var outcome = world.Send(error);

                // A router in between keeps its name, the client is hidden behind the source.
                var seenFrom = from == world.Client ? source : from;
                var expected = kind.Item2(Packet.Ip(seenFrom, world.Endpoint(0)).WithMacs(World.NodeMac, World.EndpointMac(0)).WithTtl(63), Quoted(protocol, outcome, quoted));
                Expect.Sent(outcome, expected, $"{mode} {protocol} {kind.Item1} from {from}");
            }

            world.ForgetPackets();
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void DamagedMessages_AreDropped(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Icmp) with { Mode = NatMode.OneArm }, world.Service(ServiceProtocol.Tcp) with { Mode = NatMode.OneArm });
        world.Send(world.ToVip().IcmpEcho(1000, 1, [1, 2, 3]).WithTransportChecksum(0x1234)).Verdict.Should().Be(Verdict.Drop);
        world.EntryCount.Should().Be(0);

        var sent = world.Send(world.ToVip().Tcp(40000, World.Port));
        world.Send(Packet.Ip(world.Endpoint(0), world.Node).WithMacs(World.EndpointMac(0), World.NodeMac).PortUnreachable(sent.Packet.Ip).WithTransportChecksum(0x1234))
            .Verdict.Should().Be(Verdict.Drop);
        world.Send(world.ToVip().IcmpEcho(1001, 1, [1, 2, 3]));
        world.Send(world.ToVip().IcmpEcho(1001, 2, [1, 2, 3]).WithTransportChecksum(0x1234)).Verdict.Should().Be(Verdict.Drop);
        world.Count(RawReason.DropBadChecksum).Should().Be(3);
    });

    private static (string, Func<PacketBuilder, ReadOnlyMemory<byte>, PacketBuilder>) Unreachable => ("unreachable", (p, cause) => p.PortUnreachable(cause));

    private static (string, Func<PacketBuilder, ReadOnlyMemory<byte>, PacketBuilder>) Exceeded => ("time exceeded", (p, cause) => p.TimeExceeded(cause));

    private static (string, Func<PacketBuilder, ReadOnlyMemory<byte>, PacketBuilder>) TooBig => ("too big", (p, cause) => p.PacketTooBig(cause, 1300));

    /// <summary>The checksum of a quoted SCTP packet stays: what is quoted is not all that it covers.</summary>
    private static ReadOnlyMemory<byte> Quoted(ServiceProtocol protocol, Outcome outcome, PacketBuilder quoted)
    {
        var bytes = quoted.ToIp();
        if (protocol == ServiceProtocol.Sctp && outcome.Packet.Embedded is { TransportOffset: > 0 } embedded)
        {
            embedded.Bytes.Slice(embedded.TransportOffset + 8, 4).CopyTo(bytes.AsMemory(embedded.TransportOffset + 8));
        }

        return bytes;
    }
}
