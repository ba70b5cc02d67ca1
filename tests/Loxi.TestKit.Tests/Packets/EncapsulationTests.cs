using FluentAssertions;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.TestKit.Tests.Packets;

public sealed class EncapsulationTests
{
    [Theory]
    [InlineData(4, 4, 4)]
    [InlineData(6, 6, 41)]
    [InlineData(4, 6, 4)]
    [InlineData(6, 4, 41)]
    public void InnerAndOuter_ParseBack(int inner, int outer, byte protocol)
    {
        var cause = (inner == 4 ? Packet.Ipv4("198.51.100.10", "203.0.113.10") : Packet.Ipv6("2001:db8:100::10", "2001:db8:113::10"))
            .Vlan(7).WithMacs("02:00:00:00:00:aa", "02:00:00:00:00:bb").Tcp(40000, 80, payload: Packet.Counting(9));

        var parsed = new ParsedPacket((outer == 4 ? cause.Encapsulate("192.0.2.1", "192.0.2.11") : cause.Encapsulate("2001:db8:2::1", "2001:db8:2::11")).WithTtl(9).ToFrame());

        (parsed.IsIpip, parsed.Protocol, parsed.IsV4, parsed.Ttl, parsed.Vlan, parsed.DestinationMac).Should().Be((true, protocol, outer == 4, 9, 7, "02:00:00:00:00:bb"));
        parsed.Destination!.ToString().Should().Be(outer == 4 ? "192.0.2.11" : "2001:db8:2::11");
        parsed.IpChecksumValid.Should().BeTrue();
        parsed.Inner!.Bytes.ToArray().Should().Equal(cause.ToIp());
        (parsed.Inner.IsV4, parsed.Inner.DestinationPort, parsed.Inner.ChecksumsValid).Should().Be((inner == 4, 80, true));
    }

    [Fact]
    public void EveryTruncation_ParsesWithoutException()
    {
        var frame = Packet.Ipv6("2001:db8::1", "2001:db8::2").Udp(1, 2, [1]).Encapsulate("192.0.2.1", "192.0.2.11").ToFrame();

        for (var length = 0; length < frame.Length; length++)
        {
            var inner = new ParsedPacket(frame.AsMemory(0, length)).Inner;
            (inner?.IpOffset >= 0).Should().Be(length >= 14 + 20 + 40, "the frame is cut at {0}", length);
        }
    }
}
