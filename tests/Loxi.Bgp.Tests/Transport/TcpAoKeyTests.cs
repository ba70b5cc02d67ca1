using System.Net;
using FluentAssertions;
using Loxi.Bgp.Transport;
using Xunit;

namespace Loxi.Bgp.Tests.Transport;

/// <summary>struct tcp_ao_add and tcp_ao_del as linux/tcp.h of Linux 6.7 lays them out on 64-bit systems: sizes and offsets below were computed by hand from it.</summary>
public sealed class TcpAoKeyTests
{
    private static readonly BgpTcpAoKey Key = new(7, "abc") { Algorithm = BgpTcpAoAlgorithm.AesCmac128 };

    [Fact]
    public void Add_OfAnIpv4Peer()
    {
        var value = TcpAoKey.WriteAdd(IPAddress.Parse("192.0.2.1"), null, Key);

        value.Should().HaveCount(288);
        Bytes(value).Should().Equal(
            (0, 2), (4, 192), (6, 2), (7, 1),
            (128, (byte)'c'), (129, (byte)'m'), (130, (byte)'a'), (131, (byte)'c'), (132, (byte)'('), (133, (byte)'a'), (134, (byte)'e'), (135, (byte)'s'), (136, (byte)'1'), (137, (byte)'2'), (138, (byte)'8'), (139, (byte)')'),
            // prefix, sndid, rcvid; maclen and keyflags 0; keylen; key.
            (202, 32), (203, 7), (204, 7), (207, 3), (208, (byte)'a'), (209, (byte)'b'), (210, (byte)'c'));
    }

    [Fact]
    public void Add_OfAnIpv6Network()
    {
        var value = TcpAoKey.WriteAdd(IPAddress.Parse("2001:db8::"), 48, Key with { Algorithm = BgpTcpAoAlgorithm.HmacSha1 });

        Bytes(value).Take(5).Should().Equal((0, 10), (8, 0x20), (9, 0x01), (10, 0x0d), (11, 0xb8));
        System.Text.Encoding.ASCII.GetString(value, 128, 11).Should().Be("hmac(sha1)\0");
        value[202].Should().Be(48);
    }

    [Fact]
    public void Remove_NamesAddressAndIds()
    {
        var value = TcpAoKey.WriteRemove(IPAddress.Parse("192.0.2.1"), null, Key);

        value.Should().HaveCount(144);
        Bytes(value).Should().Equal((0, 2), (4, 192), (6, 2), (7, 1), (138, 32), (139, 7), (140, 7));
    }

    [Fact]
    public void TextOfAKey_HidesItsSecret() => (Key with { Secret = "geheim" }).ToString().Should().Be("key 7 AesCmac128");

    private static IEnumerable<(int At, byte Value)> Bytes(byte[] value) => value.Index().Where(static b => b.Item != 0).Select(static b => (b.Index, b.Item));
}
