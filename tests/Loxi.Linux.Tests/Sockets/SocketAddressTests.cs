using FluentAssertions;
using Loxi.Linux.Sockets;
using Xunit;

namespace Loxi.Linux.Tests.Sockets;

public sealed class SocketAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", 16, 0)]
    [InlineData("2001:db8::1", 28, 0)]
    [InlineData("fe80::1", 28, 7)] // only link-local addresses have a scope: others would be refused on another link
    public void Write_ThenRead_GivesTheSame(string text, int expectedLength, int expectedScope)
    {
        var address = InternetAddress.Parse(text);
        var buffer = new byte[SocketAddress.Size];
        Array.Fill(buffer, (byte)0xff);

        SocketAddress.Write(buffer, address, 3784, 7).Should().Be(expectedLength);

        SocketAddress.Read(buffer, out var port).Should().Be(address);
        port.Should().Be(3784);
        BitConverter.ToInt32(buffer, 24).Should().Be(expectedScope);
    }

    [Fact]
    public void Read_OtherFamily_IsNone() => SocketAddress.Read(new byte[SocketAddress.Size], out _).IsNone.Should().BeTrue();

    [Theory]
    [InlineData("fe80::1", true)]
    [InlineData("febf::1", true)]
    [InlineData("fec0::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("169.254.0.1", false)]
    public void IsIPv6LinkLocal_IsThePrefix(string text, bool expected) => InternetAddress.Parse(text).IsIPv6LinkLocal.Should().Be(expected);
}
