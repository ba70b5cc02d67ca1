using System.Net;
using System.Net.NetworkInformation;
using FluentAssertions;
using Loxi.Core.Roles;
using Xunit;

namespace Loxi.Core.Tests;

public sealed class PeerRedirectTests
{
    private static readonly PhysicalAddress Mac = PhysicalAddress.Parse("02:00:00:00:00:01");

    [Theory]
    [InlineData(0, "02:00:00:00:00:02", "interfaceIndex*")]
    [InlineData(-1, "02:00:00:00:00:02", "interfaceIndex*")]
    [InlineData(1, "03:00:00:00:00:02", "Link-layer address '030000000002': expected 6 bytes, unicast and not zero.*")]
    [InlineData(1, "00:00:00:00:00:00", "Link-layer address*")]
    [InlineData(1, "02-00-00-00-00-00-00-01", "Link-layer address*")]
    [InlineData(1, "02:00:00:00:00:01", "The peer has the address 020000000001*")]
    public void WrongLink_IsRefused(int index, string peer, string message)
    {
        var make = () => PeerRedirect.OnLink(index, PhysicalAddress.Parse(peer), Mac);

        make.Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Theory]
    [InlineData("198.18.0.2", "2001:db8::1", "A tunnel from 2001:db8::1 to 198.18.0.2: expected two addresses of one family.*")]
    [InlineData("198.18.0.2", "198.18.0.2", "A tunnel from*")]
    [InlineData("127.0.0.1", "198.18.0.2", "Address 127.0.0.1: expected a unicast*")]
    [InlineData("fe80::1", "2001:db8::1", "Address fe80::1: expected a unicast*")]
    public void WrongTunnel_IsRefused(string peer, string own, string message)
    {
        var make = () => PeerRedirect.InTunnel(IPAddress.Parse(peer), IPAddress.Parse(own));

        make.Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void TunnelsOfOneFamily_AreNotTwo()
    {
        var make = () => PeerRedirect.InTunnel(IPAddress.Parse("198.18.0.2"), IPAddress.Parse("198.18.0.1"), IPAddress.Parse("198.18.0.4"), IPAddress.Parse("198.18.0.3"));

        make.Should().Throw<ArgumentException>().WithMessage("*expected one address of each family*");
    }

    [Fact]
    public void Redirects_AreComparedByContent()
    {
        PeerRedirect.OnLink(3, PhysicalAddress.Parse("02:00:00:00:00:02"), Mac).Should().Be(PeerRedirect.OnLink(3, PhysicalAddress.Parse("02-00-00-00-00-02"), Mac));
        PeerRedirect.InTunnel(IPAddress.Parse("2001:db8::2"), IPAddress.Parse("2001:db8::1")).PeerAddress6.Should().Be(IPAddress.Parse("2001:db8::2"));
    }
}
