using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>As <see cref="DifferentialTests"/>, with services of every mode at once: what one hook does the other does too.</summary>
public sealed class DifferentialModeTests
{
    private const int Modes = 9;

    private static readonly ushort[] Ports = [2000, 2001, 2002];

    private static readonly Gen<byte[]> Data = Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Byte.Array[400, 600], Gen.Byte.Array[1380, 1440]);

    private static readonly Gen<Step> Steps = Gen.Select(Gen.Int[0, 14], Gen.Int[0, Modes - 1], Gen.Int[0, 2], Gen.Int[0, 255], Data, Gen.Int[0, 13], Gen.UInt)
        .Select((kind, mode, port, flags, data, change, number) => new Step(kind, mode, Ports[port], (TcpBits)flags, data, change, number));

    [Theory]
    [InlineData(4, "0000N0QNhZ31")]
    [InlineData(6, "0000N0QNhZ32")]
    public void AnyPackets_SameVerdictsAndBytesOnBothHooks(int family, string seed) => World.Run(Hook.Tc, family, world =>
    {
        world.KeepsSum = false;
        world.Pools(new SourcePool { Name = "pool", Addresses = [.. Enumerable.Range(101, 3).Select(i => IPAddress.Parse(family == 4 ? $"203.0.113.{i}" : $"2001:db8:113::{i}"))] });
        world.With([.. Enumerable.Range(0, Modes).SelectMany(mode => Services(world, mode))]);

        HookComparison.Check(world, Steps, s => s.ToFrame(world), Same, seed);
    });

    private static ushort VipPort(int mode) => (ushort)(81 + mode);

    private static bool IsDsr(int mode) => mode is 4 or 5 or 6;

    /// <summary>Endpoint ports of their own, so that no two services want the same source port: which one they get then is random.</summary>
    private static ushort EndpointPort(int mode) => IsDsr(mode) ? VipPort(mode) : (ushort)(8081 + mode);

    private static int FamilyOf(World world, int mode) => mode is 6 or 7 ? (world.Family == 4 ? 6 : 4) : world.Family;

    private static IEnumerable<Service> Services(World world, int mode)
    {
        var endpoint = IPAddress.Parse(World.EndpointOf(FamilyOf(world, mode), mode % 3));
        foreach (var protocol in (ServiceProtocol[])[ServiceProtocol.Tcp, ServiceProtocol.Udp, ServiceProtocol.Sctp])
        {
            if (protocol == ServiceProtocol.Sctp && mode == 7)
            {
                continue;
            }

            var service = new Service
            {
                Key = new ServiceKey(IPAddress.Parse(world.Vip), protocol, VipPort(mode)),
                Endpoints = [new ServiceEndpoint(endpoint, EndpointPort(mode), 1)],
            };
            yield return mode switch
            {
                1 => service with { Mode = NatMode.OneArm },
                2 => service with { Mode = NatMode.FullNat },
                3 => service with { SourcePool = "pool" },
                4 => service with { Mode = NatMode.Dsr, Selection = SelectionPolicy.Hash },
                5 => service with { Mode = NatMode.Dsr, Selection = SelectionPolicy.Hash, Tunnel = TunnelMode.Ipip, ClampMss = protocol == ServiceProtocol.Tcp },
                6 => service with { Mode = NatMode.Dsr, Selection = SelectionPolicy.Hash },
                7 => service with { ClampMss = protocol == ServiceProtocol.Tcp },
                8 => service with { Selection = SelectionPolicy.Persist },
                _ => service with { Selection = SelectionPolicy.Hash },
            };
        }

        if (mode is 1 or 7)
        {
            yield return new Service
            {
                Key = new ServiceKey(IPAddress.Parse(mode == 1 ? world.Vip : world.OtherVip), ServiceProtocol.Icmp, 0),
                Mode = mode == 1 ? NatMode.OneArm : NatMode.Default,
                Endpoints = [new ServiceEndpoint(endpoint, 0, 1)],
            };
        }
    }

    private static bool Same(Outcome tc, Outcome xdp) =>
        Comparable(tc.Verdict) == Comparable(xdp.Verdict) && Comparable(tc).AsSpan().SequenceEqual(Comparable(xdp));

    /// <summary>XDP has one verdict for what it leaves to the kernel, rewritten or not; the bytes say which.</summary>
    private static Verdict Comparable(Verdict verdict) => verdict == Verdict.PassRewritten ? Verdict.Pass : verdict;

    /// <summary>Without what a test run does not show (tags that TC pushes) and what is random (the identification of a header that is new).</summary>
    private static byte[] Comparable(Outcome outcome)
    {
        var packet = outcome.Packet;
        if (outcome.Verdict == Verdict.Drop || outcome.IsUnchanged || packet.IpOffset < 14)
        {
            return outcome.Frame;
        }

        byte[] frame = [.. outcome.Frame[..12], .. outcome.Frame[(packet.IpOffset - 2)..]];
        if (packet.IsV4 && !packet.DontFragment && (packet.IsIpip || new ParsedPacket(outcome.Sent).IsV6))
        {
            frame.AsSpan(18, 2).Clear();
            frame.AsSpan(24, 2).Clear();
        }

        return frame;
    }

    private sealed record Step(int Kind, int Mode, ushort Port, TcpBits Flags, byte[] Data, int Change, uint Number)
    {
        public byte[] ToFrame(World world)
        {
            var to = world.ToVip();
            var (vip, port) = (VipPort(Mode), EndpointPort(Mode));
            var from = Back(world);
            var reported = Packet.Ip(from.Destination.ToString(), from.Source.ToString());
            PacketBuilder packet = Kind switch
            {
                0 or 1 => to.Tcp(Port, vip, TcpBits.Syn, Number, options: TcpOption.TypicalSyn((ushort)Number)),
                2 => to.Tcp(Port, vip, Flags, Number, Number, payload: Data),
                3 => to.Tcp(Port, vip, TcpBits.Ack, Number, options: TcpOption.Timestamps(Number, 1), payload: Data),
                4 => from.Tcp(port, Port, Flags, Number, payload: Data),
                5 or 6 => to.Udp(Port, vip, Data, zeroChecksum: Number % 5 == 0),
                7 => from.Udp(port, Port, Data),
                8 => (Number % 2 == 0 ? to : world.ToVip(vip: world.OtherVip)).IcmpEcho(Port, (ushort)Number, Data),
                9 => from.IcmpEcho(Port, (ushort)Number, Data, reply: true),
                10 => from.PortUnreachable(reported.Udp(Port, port, Data).ToIp()),
                11 => from.TimeExceeded(reported.Tcp(Port, port, Flags, Number, payload: Data).ToIp()),
                12 => Fragment(to.Udp(Port, vip, [.. Data, .. Packet.Counting(200)])),
                13 => to.Sctp(Port, vip, Number % 3 == 0 ? 0 : 7u, Number % 3 == 0 ? SctpChunk.Init(7) : SctpChunk.Data(Number, Data)),
                _ => from.Sctp(port, Port, 7, Number % 3 == 0 ? SctpChunk.InitAck(7, [1, 2, 3, 4]) : SctpChunk.Data(Number, Data)),
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
                9 => packet.WithDontFragment(false),
                _ => packet,
            };
            var frame = packet.ToFrame();
            if (Change == 7)
            {
                // Behind the addresses of the link, which are not looked at, and not the source: two clients with one port get a random one.
                var at = 12 + (int)(Number % (uint)(frame.Length - 12));
                var (source, length) = packet.IsV6 ? (14 + 8, 16) : (14 + 12, 4);
                frame[at >= source && at < source + length ? source + length + 2 : at] ^= (byte)(1 << (int)(Number >> 29));
            }

            // A test run of TC wants a whole IP header.
            return Change == 8 ? frame[..Math.Max(frame.Length - (int)(Number % 64), Math.Min(frame.Length, 62))] : frame;
        }

        private PacketBuilder Back(World world)
        {
            var family = FamilyOf(world, Mode);
            var source = Mode switch
            {
                1 or 7 => World.NodeOf(family),
                2 => world.Vip,
                6 => World.NodeOf(family),
                _ => world.Client,
            };
            return Packet.Ip(World.EndpointOf(family, Mode % 3), source).WithMacs(World.EndpointMac(Mode % 3), World.NodeMac);
        }

        private PacketBuilder Fragment(PacketBuilder whole)
        {
            var fragments = whole.Fragments(168, Number % 2);
            return fragments[(int)(Number / 2 % (uint)fragments.Count)];
        }
    }
}
