using FluentAssertions;
using Loxi.Nat.Refusals;
using Xunit;

namespace Loxi.Nat.Tests.Refusals;

public sealed class RefusalRulesTests
{
    public static TheoryData<string, byte[], RefusalKind, RefusalSkip> Unanswered => new()
    {
        { "RST, with RST", Tcp4(4), RefusalKind.TcpReset, RefusalSkip.TcpReset },
        { "RST, with ICMP", Tcp4(0x14), RefusalKind.HostUnreachable, RefusalSkip.TcpReset },
        { "ICMP unreachable", Frames.Ethernet(Frames.Ipv4(1, Frames.Icmp(3))), RefusalKind.HostUnreachable, RefusalSkip.IcmpError },
        { "ICMP redirect", Frames.Ethernet(Frames.Ipv4(1, Frames.Icmp(5))), RefusalKind.HostUnreachable, RefusalSkip.IcmpError },
        { "ICMP unknown", Frames.Ethernet(Frames.Ipv4(1, Frames.Icmp(99))), RefusalKind.HostUnreachable, RefusalSkip.IcmpError },
        { "ICMPv6 too big", Frames.Ethernet(Frames.Ipv6(58, Frames.Icmpv6(2))), RefusalKind.HostUnreachable, RefusalSkip.IcmpError },
        { "ICMPv6 redirect", Frames.Ethernet(Frames.Ipv6(58, Frames.Icmpv6(137))), RefusalKind.HostUnreachable, RefusalSkip.IcmpError },
        { "later fragment", Frames.Ethernet(Frames.Ipv4(6, new byte[24], fragment: 100)), RefusalKind.HostUnreachable, RefusalSkip.Fragment },
        { "later fragment, v6", Frames.Ethernet(Frames.Ipv6(44, [6, 0, 0, 8, 0, 0, 0, 1, .. new byte[24]])), RefusalKind.HostUnreachable, RefusalSkip.Fragment },
        { "first fragment, SYN", Frames.Ethernet(Frames.Ipv4(6, Frames.Tcp(2), fragment: 0x2000)), RefusalKind.TcpReset, RefusalSkip.Fragment },
        { "multicast", From(Frames.Client4, "224.0.0.5"), RefusalKind.HostUnreachable, RefusalSkip.BadDestination },
        { "broadcast", From(Frames.Client4, "255.255.255.255"), RefusalKind.HostUnreachable, RefusalSkip.BadDestination },
        { "multicast MAC", Frames.Ethernet(Frames.Ipv4(17, new byte[8]), destinationFirst: 1), RefusalKind.HostUnreachable, RefusalSkip.BadDestination },
        { "multicast, v6", Frames.Ethernet(Frames.Ipv6(59, [], destination: "ff02::1")), RefusalKind.HostUnreachable, RefusalSkip.BadDestination },
        { "no source", From("0.0.0.0", Frames.Vip4), RefusalKind.HostUnreachable, RefusalSkip.BadSource },
        { "loopback source", From("127.0.0.1", Frames.Vip4), RefusalKind.HostUnreachable, RefusalSkip.BadSource },
        { "multicast source", From("224.0.0.1", Frames.Vip4), RefusalKind.HostUnreachable, RefusalSkip.BadSource },
        { "broadcast source", From("255.255.255.255", Frames.Vip4), RefusalKind.HostUnreachable, RefusalSkip.BadSource },
        { "source is destination", From(Frames.Vip4, Frames.Vip4), RefusalKind.HostUnreachable, RefusalSkip.BadSource },
        { "multicast source MAC", Frames.Ethernet(Frames.Ipv4(17, new byte[8]), sourceFirst: 3), RefusalKind.HostUnreachable, RefusalSkip.BadSource },
        { "no source, v6", Frames.Ethernet(Frames.Ipv6(59, [], source: "::")), RefusalKind.HostUnreachable, RefusalSkip.BadSource },
        { "loopback source, v6", Frames.Ethernet(Frames.Ipv6(59, [], source: "::1")), RefusalKind.HostUnreachable, RefusalSkip.BadSource },
        { "mapped source, v6", Frames.Ethernet(Frames.Ipv6(59, [], source: "::ffff:127.0.0.1")), RefusalKind.HostUnreachable, RefusalSkip.BadSource },
        { "multicast source, v6", Frames.Ethernet(Frames.Ipv6(59, [], source: "ff02::1")), RefusalKind.HostUnreachable, RefusalSkip.BadSource },
        { "header checksum", Flip(Tcp4(2), 14 + 8), RefusalKind.TcpReset, RefusalSkip.BadChecksum },
        { "TCP checksum", Flip(Tcp4(2), 14 + 20 + 5), RefusalKind.TcpReset, RefusalSkip.BadChecksum },
        { "ICMP checksum", Flip(Frames.Ethernet(Frames.Ipv4(1, Frames.Icmp(8))), 14 + 20 + 5), RefusalKind.HostUnreachable, RefusalSkip.BadChecksum },
        { "UDP without checksum, v6", Frames.Ethernet(Frames.Ipv6(17, [0, 1, 0, 1, 0, 8, 0, 0])), RefusalKind.PortUnreachable, RefusalSkip.BadChecksum },
        { "RST to UDP", Frames.Ethernet(Frames.Ipv4(17, [0, 1, 0, 1, 0, 8, 0, 0])), RefusalKind.TcpReset, RefusalSkip.NotTcp },
        { "may fragment", Tcp4(2), RefusalKind.PacketTooBig, RefusalSkip.MayFragment },
        { "routing header", Frames.Ethernet(Frames.Ipv6(43, [6, 0, 0, 0, 0, 0, 0, 0])), RefusalKind.HostUnreachable, RefusalSkip.UnsupportedHeaders },
        { "jumbogram", Frames.Ethernet(Frames.Ipv6(0, [])), RefusalKind.HostUnreachable, RefusalSkip.UnsupportedHeaders },
        { "ten headers", Frames.Ethernet(Frames.Ipv6(60, [.. Enumerable.Repeat(new byte[] { 60, 0, 1, 4, 0, 0, 0, 0 }, 10).SelectMany(bytes => bytes)])), RefusalKind.HostUnreachable, RefusalSkip.UnsupportedHeaders },
        { "header beyond the packet", Frames.Ethernet([.. Frames.Ipv6(60, [6, 9, 1, 4, 0, 0, 0, 0]), .. new byte[100]]), RefusalKind.HostUnreachable, RefusalSkip.Malformed },
        { "ARP", [.. new byte[12], 8, 6, .. new byte[28]], RefusalKind.HostUnreachable, RefusalSkip.NotIp },
        { "three tags", Frames.Ethernet([.. Frames.Ipv4(17, new byte[8])], tags: 3), RefusalKind.HostUnreachable, RefusalSkip.NotIp },
        { "version", [.. new byte[12], 8, 0, .. Frames.Ipv6(59, [])], RefusalKind.HostUnreachable, RefusalSkip.Malformed },
        { "short TCP", Frames.Ethernet(Frames.Ipv4(6, new byte[10])), RefusalKind.HostUnreachable, RefusalSkip.Malformed },
    };

    [Theory]
    [MemberData(nameof(Unanswered))]
    public void Frame_NotAnswered(string name, byte[] frame, RefusalKind kind, RefusalSkip expected)
    {
        var answered = RefusalBuilder.TryBuild(frame, kind, default, 1500, new byte[RefusalBuilder.MaxReplyLength], out var length, out var why);

        answered.Should().BeFalse(name);
        length.Should().Be(0);
        why.Should().Be(expected, name);
    }

    [Theory]
    [InlineData(new byte[] { 224, 0, 0, 1 })]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 })]
    public void SourceForAnswerUnusable_NotAnswered(byte[] source)
    {
        RefusalBuilder.TryBuild(Tcp4(2), RefusalKind.HostUnreachable, source, 0, new byte[RefusalBuilder.MaxReplyLength], out _, out var why);

        why.Should().Be(RefusalSkip.NoSourceAddress);
    }

    [Fact]
    public void WrongChecksumOfCutPacket_Answered()
    {
        var frame = Flip(Frames.Ethernet(Frames.Ipv4(6, Frames.Tcp(2, data: new byte[200]))), 14 + 20 + 5).AsSpan(0, 160);

        RefusalBuilder.TryBuild(frame, RefusalKind.TcpReset, default, 0, new byte[RefusalBuilder.MaxReplyLength], out _, out _).Should().BeTrue();
    }

    [Fact]
    public void EchoRequest_Answered()
    {
        var frame4 = Frames.Ethernet(Frames.Ipv4(1, Frames.Icmp(8)));
        var frame6 = Frames.Ethernet(Frames.Ipv6(58, Frames.Icmpv6(128)));
        var reply = new byte[RefusalBuilder.MaxReplyLength];

        RefusalBuilder.TryBuild(frame4, RefusalKind.HostUnreachable, default, 0, reply, out _, out _).Should().BeTrue();
        RefusalBuilder.TryBuild(frame6, RefusalKind.HostUnreachable, default, 0, reply, out _, out _).Should().BeTrue();
    }

    private static byte[] Tcp4(byte flags) => Frames.Ethernet(Frames.Ipv4(6, Frames.Tcp(flags)));

    private static byte[] From(string source, string destination) => Frames.Ethernet(Frames.Ipv4(17, [0, 1, 0, 1, 0, 8, 0, 0], source, destination));

    private static byte[] Flip(byte[] frame, int at)
    {
        frame[at] ^= 0x40;
        return frame;
    }
}
