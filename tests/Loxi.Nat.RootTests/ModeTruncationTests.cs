using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Packets of every mode, cut at every length: whole or not at all.</summary>
public sealed class ModeTruncationTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    public void FrameCutAtAnyLength_IsNeverHalfRewritten(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.KeepsSum = false;
        foreach (var (name, services, endpoint) in EveryMode(world))
        {
            world.With([.. services]);
            var packets = Packets(world, endpoint);
            // The connections that they are of.
            packets.ForEach(p => world.Send(p));
            foreach (var packet in packets)
            {
                // Cut at once where the kernel's test run takes it: it wants a whole IP header.
                var frame = packet.ToFrame();
                for (var length = hook == Hook.Tc ? 14 + (packet.IsV6 ? 40 : 20) + (4 * packet.Vlans.Count) : 14; length < frame.Length; length++)
                {
                    var outcome = world.Send(frame[..length]);

                    var what = $"{name}: {length} of {frame.Length} bytes: {outcome}";
                    (outcome.Verdict is Verdict.Pass or Verdict.Drop).Should().BeTrue(what);
                    outcome.IsUnchanged.Should().BeTrue(what);
                }
            }

            world.ForgetPackets();
        }
    });

    /// <summary>The IP header is honest about the short length: what still has all that it needs is whole afterwards.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void PayloadCutAtAnyLength_IsSentWholeOrNotAtAll(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.KeepsSum = false;
        foreach (var (name, services, endpoint) in EveryMode(world))
        {
            world.With([.. services]);
            foreach (var packet in Packets(world, endpoint).Where(p => p.Vlans.Count == 0))
            {
                world.Send(packet);
                var transport = packet.ToIp().AsMemory(packet.IsV6 ? 40 : 20);
                for (var length = 0; length < transport.Length; length++)
                {
                    var cut = packet.Raw(packet.Protocol, transport[..length]);
                    var outcome = world.Send(cut);

                    var what = $"{name}: {length} of {transport.Length} bytes: {outcome}";
                    if (outcome.Verdict != Verdict.Sent)
                    {
                        outcome.IsUnchanged.Should().BeTrue(what);
                        continue;
                    }

                    outcome.Packet.IpChecksumValid.Should().BeTrue(what);
                    var sent = outcome.Packet.Inner ?? outcome.Packet;
                    sent.Ttl.Should().Be((byte)(packet.Ttl - 1), what);
                    sent.IpLength.Should().Be((sent.IsV6 ? 40 : 20) + length, what);
                    outcome.Frame.Length.Should().Be(14 + outcome.Packet.IpLength, what);
                }
            }

            world.ForgetPackets();
        }
    });

    /// <summary>Frames that a peer hands over in a tunnel, cut: outside and inside.</summary>
    [Theory]
    [ClassData(typeof(TunnelCases))]
    public void TunnelCutAtAnyLength_IsNeverHalfOpened(Hook hook, int family, int outer) => World.Run(hook, family, world =>
    {
        world.KeepsSum = false;
        world.SetLocal(World.NodeOf(outer));
        world.Balancer.Gates.SetPeers([IPAddress.Parse(World.EndpointOf(outer, 3))]);
        world.WithTcp();
        var inner = world.ToVip().Tcp(40000, World.Port, options: TcpOption.TypicalSyn());
        var frame = inner.WithMacs(World.EndpointMac(3), World.NodeMac).Encapsulate(World.EndpointOf(outer, 3), World.NodeOf(outer)).ToFrame();
        for (var length = hook == Hook.Tc ? 14 + (outer == 4 ? 20 : 40) : 14; length < frame.Length; length++)
        {
            var outcome = world.Send(frame[..length]);

            (outcome.Verdict is Verdict.Pass or Verdict.Drop).Should().BeTrue($"{length} of {frame.Length} bytes: {outcome}");
        }

        world.EntryCount.Should().Be(0);
        world.Send(frame).Verdict.Should().Be(Verdict.Sent);
    });

    private static IEnumerable<(string Name, List<Service> Services, string Endpoint)> EveryMode(World world)
    {
        var other = world.Family == 4 ? 6 : 4;
        ServiceProtocol[] protocols = [ServiceProtocol.Tcp, ServiceProtocol.Udp, ServiceProtocol.Icmp, ServiceProtocol.Sctp];
        foreach (var mode in (NatMode[])[NatMode.Default, NatMode.OneArm, NatMode.FullNat])
        {
            yield return ($"{mode}", [.. protocols.Select(p => world.Service(p) with { Mode = mode })], world.Endpoint(0));
        }

        yield return ("dsr on the link", [.. protocols.Select(p => world.DsrService(p, world.Endpoint(0)))], world.Endpoint(0));
        yield return ("dsr in a tunnel", [.. protocols.Select(p => world.DsrService(p, world.Endpoint(0), TunnelMode.Ipip) with { ClampMss = p == ServiceProtocol.Tcp })], world.Endpoint(0));
        yield return ("dsr in a tunnel of the other family", [.. protocols.Select(p => world.DsrService(p, World.EndpointOf(other, 0)))], world.Endpoint(0));
        yield return
        (
            "other family",
            [
                .. protocols[..3].Select(p => world.Service(p)).Select(s => s with
                {
                    ClampMss = s.Key.Protocol == ServiceProtocol.Tcp,
                    Endpoints = [.. s.Endpoints.Select(e => e with { Address = IPAddress.Parse(World.EndpointOf(other, 0)) })],
                }),
            ],
            World.EndpointOf(other, 0));
    }

    private static List<PacketBuilder> Packets(World world, string endpoint)
    {
        var to = world.ToVip();
        var source = IPAddress.Parse(endpoint).AddressFamily == IPAddress.Parse(world.Client).AddressFamily ? world.Client : World.NodeOf(world.Family == 4 ? 6 : 4);
        var from = Packet.Ip(endpoint, source).WithMacs(World.EndpointMac(0), World.NodeMac);
        return
        [
            to.Tcp(40000, World.Port, options: TcpOption.TypicalSyn(8960)),
            to.Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001, payload: [1, 2, 3]),
            to.Vlan(7).Udp(5353, World.Port, [1, 2, 3]),
            to.Udp(5353, World.Port, [1, 2, 3]),
            to.IcmpEcho(1024, 1, [1, 2, 3]),
            to.Sctp(40000, World.Port, 0, SctpChunk.Init(0x11111111)),
            to.Vlan(7, tpid: 0x88a8).Vlan(8).Tcp(40002, World.Port, options: TcpOption.TypicalSyn(8960)),
            from.Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001, options: TcpOption.TypicalSyn(8960)),
            from.Udp(World.EndpointPort, 5353, [1, 2, 3]),
            from.IcmpEcho(1024, 1, [1, 2, 3], reply: true),
            from.PortUnreachable(Packet.Ip(source, endpoint).Udp(5353, World.EndpointPort, [1, 2, 3]).ToIp()),
            to.PortUnreachable(Packet.Ip(world.Vip, world.Client).Tcp(World.Port, 40000, TcpBits.Ack, 5001, 1001, payload: [1, 2]).ToIp()),
        ];
    }
}
