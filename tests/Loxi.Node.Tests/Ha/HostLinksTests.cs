using System.Net;
using FluentAssertions;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Node.Ha;
using Xunit;

namespace Loxi.Node.Tests.Ha;

public sealed class HostLinksTests
{
    private static readonly HostLinks Links = FakeHostLinks.Of(
        [FakeHostLinks.Link(1, "lo", true), FakeHostLinks.Link(2, "eth0", true), FakeHostLinks.Link(3, "eth1", false)],
        [On(1, "127.0.0.1", 8), On(2, "192.0.2.1", 24), On(3, "192.0.2.130", 25), On(3, "192.0.2.200", 32), On(2, "2001:db8::1", 64), On(7, "198.51.100.1", 24)]);

    [Theory]
    [InlineData("192.0.2.10", "eth0")]
    [InlineData("192.0.2.129", "eth1")]
    [InlineData("192.0.2.200", "eth1")]
    [InlineData("2001:db8::99", "eth0")]
    [InlineData("2001:db8:0:1::99", "lo")]
    [InlineData("127.0.0.9", "lo")]
    [InlineData("198.51.100.9", "lo")]
    [InlineData("203.0.113.9", "lo")]
    public void Address_BelongsWhereItsLongestSubnetIs(string address, string place) => Links.PlaceOf(IPAddress.Parse(address)).Should().Be(place);

    [Fact]
    public void HostAddress_IsNoSubnet() =>
        FakeHostLinks.Of([FakeHostLinks.Link(2, "eth0", true)], [On(2, "192.0.2.10", 32)]).PlaceOf(IPAddress.Parse("192.0.2.10")).Should().Be("lo", "a VIP that is in place would keep itself there");

    [Fact]
    public void Interface_WithoutCarrier_OrGone_IsDown()
    {
        Links.IsDown("eth0").Should().BeFalse();
        Links.IsDown("eth1").Should().BeTrue();
        Links.IsDown("eth9").Should().BeTrue();
    }

    private static Address On(int link, string address, int length) => new(link, InternetAddress.Parse(address), length);
}
