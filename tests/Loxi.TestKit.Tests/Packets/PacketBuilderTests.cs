using FluentAssertions;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.TestKit.Tests.Packets;

public sealed class PacketBuilderTests
{
    [Fact]
    public void Ipv4Header_KnownExample_ChecksumIsB861()
    {
        // The worked example of the IPv4 header checksum that textbooks use: 115 bytes of UDP, 192.168.0.1 to 192.168.0.199.
        var packet = Packet.Ipv4("192.168.0.1", "192.168.0.199").WithIdentification(0).Udp(1, 2, new byte[87]).ToIp();

        Convert.ToHexStringLower(packet.AsSpan(0, 20)).Should().Be("45000073000040004011b861c0a80001c0a800c7");
    }

    [Theory]
    [InlineData("4-syn", "020000000002020000000001080045000030123440004006c24bc633640acb00710a9c400050000003e8000000007002faf0816d0000020405b401010402")]
    [InlineData("4-udp", "020000000002020000000001080045000021123440004011c24fc633640acb00710ac3500035000d923368656c6c6f")]
    [InlineData("6-udp", "02000000000202000000000186dd60000000000d114020010db801000000000000000000001020010db8011300000000000000000010c3500035000d9ad768656c6c6f")]
    [InlineData("4-vlan-echo", "02000000000202000000000181006064080045000020123440004001c260c633640acb00710a080093910007000131323334")]
    public void Packet_BytesOfAnIndependentImplementation(string name, string expected)
    {
        var packet = name switch
        {
            "4-syn" => Packet.Ipv4("198.51.100.10", "203.0.113.10").Tcp(40000, 80, options: [.. TcpOption.Mss(1460), 1, 1, .. TcpOption.SackPermitted()]),
            "4-udp" => Packet.Ipv4("198.51.100.10", "203.0.113.10").Udp(50000, 53).Payload("hello"),
            "6-udp" => Packet.Ipv6("2001:db8:100::10", "2001:db8:113::10").Udp(50000, 53).Payload("hello"),
            _ => Packet.Ipv4("198.51.100.10", "203.0.113.10").Vlan(100, priority: 3).IcmpEcho(7, 1, "1234"u8.ToArray()),
        };

        Convert.ToHexStringLower(packet.ToFrame()).Should().Be(expected);
    }

    [Theory]
    [InlineData("198.51.100.10", "203.0.113.10")]
    [InlineData("2001:db8:100::10", "2001:db8:113::10")]
    public void EveryTransport_ParsesBackWithRightChecksums(string source, string destination)
    {
        var ip = Packet.Ip(source, destination);
        PacketBuilder[] packets =
        [
            ip.Tcp(1, 2, TcpBits.Syn | TcpBits.Ack, options: TcpOption.TypicalSyn(), payload: Packet.Counting(11)),
            ip.Udp(1, 2, Packet.Counting(11)),
            ip.Sctp(1, 2, 0x01020304, SctpChunk.Init(5)),
            ip.IcmpEcho(1, 2, Packet.Counting(11)),
        ];

        foreach (var packet in packets)
        {
            var parsed = new ParsedPacket(packet.ToFrame());
            parsed.IpChecksumValid.Should().BeTrue(parsed.ToString());
            parsed.TransportChecksumValid.Should().BeTrue(parsed.ToString());

            var damaged = packet.ToFrame();
            damaged[^1] ^= 1;
            new ParsedPacket(damaged).TransportChecksumValid.Should().BeFalse("a bit of the data was flipped");
        }
    }

    [Fact]
    public void TcpSegment_FieldsParseBack()
    {
        var parsed = new ParsedPacket(Packet.Ipv4("198.51.100.10", "203.0.113.10").WithTtl(7).WithMacs("02:00:00:00:00:aa", "02:00:00:00:00:bb")
            .Vlan(10, tpid: 0x88a8).Vlan(20)
            .Tcp(40000, 443, TcpBits.Psh | TcpBits.Ack, 0xdeadbeef, 0x01020304, 512, TcpOption.WindowScale(7), "data"u8.ToArray()).ToFrame());

        parsed.SourceMac.Should().Be("02:00:00:00:00:aa");
        parsed.DestinationMac.Should().Be("02:00:00:00:00:bb");
        parsed.Vlans.Should().Equal((0x88a8, 10), (0x8100, 20));
        parsed.Source!.ToString().Should().Be("198.51.100.10");
        parsed.Ttl.Should().Be(7);
        (parsed.SourcePort, parsed.DestinationPort).Should().Be((40000, 443));
        parsed.TcpFlags.Should().Be(TcpBits.Psh | TcpBits.Ack);
        (parsed.Sequence, parsed.Acknowledgement, parsed.Window).Should().Be((0xdeadbeef, 0x01020304u, (ushort)512));
        parsed.TcpOptions.ToArray().Should().Equal(3, 3, 7, 1);
        parsed.PayloadText.Should().Be("data");
    }

    [Fact]
    public void ExtensionHeaders_AreWalkedToTheTransport()
    {
        var parsed = new ParsedPacket(Packet.Ipv6("2001:db8::1", "2001:db8::2").HopByHop().Routing().DestinationOptions(16).Udp(5, 6, [1, 2, 3]).ToFrame());

        parsed.Extensions.Should().Equal(IpProtocol.HopByHop, IpProtocol.Routing, IpProtocol.DestinationOptions);
        parsed.DestinationPort.Should().Be(6);
        parsed.TransportChecksumValid.Should().BeTrue();
    }

    [Theory]
    [InlineData("198.51.100.10", "203.0.113.10", 1500)]
    [InlineData("2001:db8:100::10", "2001:db8:113::10", 1280)]
    public void Fragments_ReassembleToTheDatagram(string source, string destination, int mtu)
    {
        var whole = Packet.Ip(source, destination).Udp(5, 6, Packet.Counting(4000));

        var fragments = whole.Fragments(mtu).Select(fragment => new ParsedPacket(fragment.ToFrame())).ToList();

        fragments.Should().HaveCountGreaterThan(2).And.OnlyContain(fragment => fragment.IpLength <= mtu && fragment.IpChecksumValid);
        fragments.Take(fragments.Count - 1).Should().OnlyContain(fragment => fragment.MoreFragments);
        fragments[^1].MoreFragments.Should().BeFalse();
        fragments[0].DestinationPort.Should().Be(6);
        var parsed = new ParsedPacket(whole.ToFrame());
        fragments.SelectMany(fragment => fragment.Bytes[fragment.TransportOffset..].ToArray()).Should().Equal(parsed.Bytes[parsed.TransportOffset..].ToArray());
    }

    [Theory]
    [InlineData("198.51.100.10", "203.0.113.10", "198.51.100.1")]
    [InlineData("2001:db8:100::10", "2001:db8:113::10", "2001:db8:100::1")]
    public void PacketTooBig_EmbedsItsCause(string source, string destination, string router)
    {
        var cause = Packet.Ip(source, destination).Tcp(40000, 80, TcpBits.Ack, payload: new byte[1400]).ToIp();

        var error = new ParsedPacket(Packet.Ip(router, source).PacketTooBig(cause, 1300).ToFrame());

        error.TransportChecksumValid.Should().BeTrue();
        error.IcmpRest.Should().Be(1300);
        error.Embedded!.SourcePort.Should().Be(40000);
        error.Embedded.Destination!.ToString().Should().Be(destination);
        error.Embedded.TransportChecksumValid.Should().BeNull("it is cut");
        error.IpLength.Should().Be(router.Contains(':', StringComparison.Ordinal) ? 1280 : 576);
    }

    [Fact]
    public void EveryTruncation_ParsesWithoutException()
    {
        var frame = Packet.Ipv6("2001:db8::1", "2001:db8::2").Vlan(5).HopByHop().Tcp(1, 2, options: TcpOption.TypicalSyn()).ToFrame();

        for (var length = 0; length < frame.Length; length++)
        {
            new ParsedPacket(frame.AsMemory(0, length)).TransportChecksumValid.Should().BeNull("the frame is cut at {0}", length);
        }
    }

    [Fact]
    public void Ipv4UdpZeroChecksum_IsNeitherRightNorWrong()
    {
        new ParsedPacket(Packet.Ipv4("198.51.100.10", "203.0.113.10").Udp(1, 2, zeroChecksum: true).ToFrame()).TransportChecksumValid.Should().BeNull();
    }
}
