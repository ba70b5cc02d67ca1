using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Wire;

public sealed class RouteRefreshCodecTests
{
    [Theory]
    [InlineData(BgpFamily.Ipv4Unicast, 0, "ffffffffffffffffffffffffffffffff 0017 05 0001 00 01")]
    [InlineData(BgpFamily.Ipv6Unicast, 1, "ffffffffffffffffffffffffffffffff 0017 05 0002 01 01")]
    [InlineData(BgpFamily.Ipv6Unicast, 2, "ffffffffffffffffffffffffffffffff 0017 05 0002 02 01")]
    public void WriteAndRead_GoldenBytes(BgpFamily family, byte kind, string golden)
    {
        // RFC 2918 3, RFC 7313 3.2.
        var bytes = new byte[23];
        RouteRefreshCodec.Write(family, (RouteRefreshKind)kind, bytes).Should().Be(23);
        bytes.Should().Equal(WireBytes.Hex(golden));
        RouteRefreshCodec.TryRead(bytes, [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast], enhanced: true, out var refresh, out _).Should().BeTrue();
        refresh.Should().Be(new RouteRefreshMessage((RouteRefreshKind)kind, family));
    }
}
