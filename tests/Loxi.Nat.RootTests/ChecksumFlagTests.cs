using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Features;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Ebpf.Native.Programs;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>
/// Devices hand over a sum over the whole packet (CHECKSUM_COMPLETE), which a program on TC has to keep right by the flags that it gives
/// to the checksum helpers. veth never shows it. The kernel checks the sum after the run when it is asked to, and every run of these
/// fixtures on TC asks for it; here is what each kind of rewrite needs.
/// </summary>
public sealed class ChecksumFlagTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void SumOverThePacket_FollowsEveryRewrite(int family)
    {
        Assert.SkipUnless(KernelFeatures.IsSupported(KernelFeature.ChecksumIpv6Flag), "BPF_F_IPV6 came with Linux 6.16");
        World.Run(Hook.Tc, family, world =>
        {
            World.ChecksumRunFlag.Should().Be(ProgramRunFlags.SkbChecksumComplete);
            world.With(world.Service(ServiceProtocol.Tcp), world.Service(ServiceProtocol.Udp), world.Service(ServiceProtocol.Icmp));
            List<PacketBuilder> packets =
            [
                world.ToVip().Tcp(40000, World.Port, payload: [1, 2, 3]),
                world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001),
                world.ToVip().Udp(5353, World.Port, [1, 2, 3]),
                world.FromEndpoint().Udp(World.EndpointPort, 5353, [4]),
                world.ToVip().Udp(5353, World.Port, [1, 2, 3], zeroChecksum: true),
                world.ToVip().IcmpEcho(7, 1, [1, 2]),
                world.FromEndpoint().IcmpEcho(7, 1, [1, 2], reply: true),
                world.FromEndpoint().PortUnreachable(Packet.Ip(world.Client, world.Endpoint(0)).Udp(5353, World.EndpointPort, [1, 2, 3]).ToIp()),
                world.ToVip().PacketTooBig(Packet.Ip(world.Vip, world.Client).Tcp(World.Port, 40000, TcpBits.Ack, 5001).ToIp(), 1300),
                .. world.ToVip().Udp(5354, World.Port, Packet.Counting(300)).Fragments(128),
            ];

            // A wrong sum makes the run fail with EBADMSG.
            foreach (var packet in packets)
            {
                var what = new ParsedPacket(packet.ToFrame()).ToString();
                var send = () => world.Send(packet);
                send.Should().NotThrow(what).Which.Verdict.Should().Be(Verdict.Sent, what);
            }
        });
    }

    /// <summary>The check above can fail: a program that forgets the addresses of IPv6 is one whose flag is not set.</summary>
    [Fact]
    public void WithoutTheFlagForIpv6_TheSumIsWrong()
    {
        Assert.SkipUnless(KernelFeatures.IsSupported(KernelFeature.ChecksumIpv6Flag), "BPF_F_IPV6 came with Linux 6.16");
        World.Run(Hook.Tc, 6, world =>
        {
            world.WithTcp();
            var packet = world.ToVip().Tcp(40000, World.Port);
            Expect.ToEndpoint(world, world.Send(packet));
            using var program = BpfObject.OpenEmbedded(typeof(NatBalancer).Assembly, "loxi_tc.bpf.o");
            var pins = PinDirectory.Open(World.PinPath);
            foreach (var name in program.MapNames.Where(n => !n.Contains('.', StringComparison.Ordinal)))
            {
                if (pins.TryOpenMap(name, null, out var pinned))
                {
                    using (pinned)
                    {
                        program.SetMapMaxEntries(name, pinned!.MaxEntries);
                        program.ReuseMap(name, pinned);
                    }
                }
            }

            program.SetReadOnlyData("loxi_csum_ipv6_flag", 0UL);
            program.Load();
            world.Tc = program.Programs["loxi"];

            var send = () => world.Send(packet);

            send.Should().Throw<EbpfException>().Which.Errno.Should().Be(74, "EBADMSG");
        });
    }
}
