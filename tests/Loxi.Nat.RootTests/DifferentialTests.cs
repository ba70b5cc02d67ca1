using CsCheck;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>One logic for two hooks: any sequence of packets ends with the same verdicts and the same bytes on both.</summary>
public sealed class DifferentialTests
{
    private static readonly ushort[] Ports = [1000, 1001, 1002];

    private static readonly Gen<byte[]> Data = Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Byte.Array[400, 600]);

    private static readonly Gen<Step> Steps = Gen.Select(Gen.Int[0, 13], Gen.Int[0, 2], Gen.Int[0, 255], Data, Gen.Int[0, 11], Gen.UInt)
        .Select((kind, port, flags, data, change, number) => new Step(kind, Ports[port], (TcpBits)flags, data, change, number));

    [Theory]
    [InlineData(4, "0000N0QNhZ21")]
    [InlineData(6, "0000N0QNhZ22")]
    public void AnyPackets_SameVerdictsAndBytesOnBothHooks(int family, string seed) => World.Run(Hook.Tc, family, world =>
    {
        world.With(
            world.Service(ServiceProtocol.Tcp, 3, SelectionPolicy.Hash),
            world.Service(ServiceProtocol.Udp, 2, SelectionPolicy.Hash),
            world.Service(ServiceProtocol.Icmp, 1));

        HookComparison.Check(world, Steps, s => s.ToFrame(world), Same, seed);
    });

    /// <summary>A test run of TC does not show the outermost tag that it pushed: tags are compared by fixtures of their own.</summary>
    private static bool Same(Outcome tc, Outcome xdp)
    {
        if (tc.Verdict != xdp.Verdict)
        {
            return false;
        }

        return tc.Verdict == Verdict.Sent ? WithoutTags(tc).AsSpan().SequenceEqual(WithoutTags(xdp)) : tc.Frame.AsSpan().SequenceEqual(xdp.Frame);
    }

    private static byte[] WithoutTags(Outcome outcome) => outcome.Packet.IpOffset < 14
        ? outcome.Frame
        : [.. outcome.Frame[..12], .. outcome.Frame[(outcome.Packet.IpOffset - 2)..]];

    private sealed record Step(int Kind, ushort Port, TcpBits Flags, byte[] Data, int Change, uint Number)
    {
        public byte[] ToFrame(World world)
        {
            var endpoint = (int)(Number % 3);
            var from = world.FromEndpoint(endpoint);
            PacketBuilder packet = Kind switch
            {
                0 or 1 => world.ToVip().Tcp(Port, World.Port, TcpBits.Syn, Number),
                2 => world.ToVip().Tcp(Port, World.Port, Flags, Number, Number, payload: Data),
                3 => world.ToVip().Tcp(Port, World.Port, TcpBits.Ack, Number, options: TcpOption.Timestamps(Number, 1), payload: Data),
                4 => from.Tcp(World.EndpointPort, Port, Flags, Number, payload: Data),
                5 or 6 => world.ToVip().Udp(Port, World.Port, Data, zeroChecksum: Number % 5 == 0),
                7 => from.Udp(World.EndpointPort, Port, Data),
                8 => world.ToVip().IcmpEcho(Port, (ushort)Number, Data),
                9 => world.FromEndpoint().IcmpEcho(Port, (ushort)Number, Data, reply: true),
                10 => from.PortUnreachable(Packet.Ip(world.Client, world.Endpoint(endpoint)).Udp(Port, World.EndpointPort, Data).ToIp()),
                11 => from.TimeExceeded(Packet.Ip(world.Client, world.Endpoint(endpoint)).Tcp(Port, World.EndpointPort, Flags, Number, payload: Data).ToIp()),
                12 => Fragment(world.ToVip().Udp(Port, World.Port, [.. Data, .. Packet.Counting(200)])),
                _ => Fragment(from.Udp(World.EndpointPort, Port, [.. Data, .. Packet.Counting(200)])),
            };
            packet = Change switch
            {
                0 => packet.WithTtl((byte)(Number % 3)),
                1 => packet.Vlan((int)(Number % 4000) + 1),
                2 => packet.Vlan(7, tpid: 0x88a8).Vlan((int)(Number % 4000) + 1),
                3 => packet.IsV6 ? packet.DestinationOptions().WithFlowLabel(Number) : packet.WithIpv4Options(1, 1, 1, 0),
                4 => packet.WithTrafficClass((byte)Number),
                5 => packet.WithTransportChecksum((ushort)Number),
                6 => packet.WithTotalLength((int)(Number % 600)),
                _ => packet,
            };
            var frame = packet.ToFrame();
            if (Change == 7)
            {
                // Behind the addresses of the link: those are not looked at.
                frame[12 + (int)(Number % (uint)(frame.Length - 12))] ^= (byte)(1 << (int)(Number >> 29));
            }

            // A test run of TC wants a whole IP header.
            return Change == 8 ? frame[..Math.Max(frame.Length - (int)(Number % 64), Math.Min(frame.Length, 62))] : frame;
        }

        private PacketBuilder Fragment(PacketBuilder whole)
        {
            var fragments = whole.Fragments(168, Number % 2);
            return fragments[(int)(Number / 2 % (uint)fragments.Count)];
        }
    }
}
