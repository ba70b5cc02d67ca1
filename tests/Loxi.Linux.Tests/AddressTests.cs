using System.Net;
using System.Net.Sockets;
using CsCheck;
using FluentAssertions;
using Xunit;

namespace Loxi.Linux.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("192.0.2.1", AddressFamily.InterNetwork, 4)]
    [InlineData("2001:db8::1", AddressFamily.InterNetworkV6, 16)]
    [InlineData("0.0.0.0", AddressFamily.InterNetwork, 4)]
    public void InternetAddress_Text_ComesBack(string text, AddressFamily family, int length)
    {
        var address = InternetAddress.Parse(text);
        address.ToString().Should().Be(text);
        address.Family.Should().Be(family);
        address.Length.Should().Be(length);
        address.IsNone.Should().BeFalse();
        address.ToIPAddress().Should().Be(IPAddress.Parse(text));
    }

    [Fact]
    public void InternetAddress_Families_AreNotEqual() =>
        InternetAddress.Parse("0.0.0.1").Should().NotBe(InternetAddress.Parse("::1"));

    [Fact]
    public void InternetAddress_Default_IsNone()
    {
        default(InternetAddress).IsNone.Should().BeTrue();
        default(InternetAddress).ToString().Should().Be("none");
        default(InternetAddress).Length.Should().Be(0);
        FluentActions.Invoking(static () => default(InternetAddress).ToIPAddress()).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void InternetAddress_OtherLength_IsAnArgumentError() =>
        FluentActions.Invoking(static () => InternetAddress.FromBytes(new byte[5])).Should().Throw<ArgumentException>().WithMessage("*4 or 16*5*");

    [Fact]
    public void InternetAddress_Bytes_ComeBack() => Gen.Byte.Array[16].Sample(static bytes =>
    {
        var copy = new byte[16];
        InternetAddress.FromBytes(bytes).CopyTo(copy).Should().Be(16);
        copy.Should().Equal(bytes);
    });

    [Fact]
    public void LinkLayerAddress_BytesAndText_ComeBack() => Gen.Byte.Array[1, LinkLayerAddress.MaxLength].Sample(static bytes =>
    {
        var address = new LinkLayerAddress(bytes);
        var copy = new byte[bytes.Length];
        address.CopyTo(copy).Should().Be(bytes.Length);
        copy.Should().Equal(bytes);
        LinkLayerAddress.Parse(address.ToString()).Should().Be(address);
    });

    [Theory]
    [InlineData("")]
    [InlineData("02:00:5e:00:53:01:")]
    [InlineData("02:0:5e:00:53:01")]
    [InlineData("zz:00:5e:00:53:01")]
    [InlineData("+2:00:5e:00:53:01")]
    public void LinkLayerAddress_OddText_IsAFormatError(string text) =>
        FluentActions.Invoking(() => LinkLayerAddress.Parse(text)).Should().Throw<FormatException>();

    [Fact]
    public void LinkLayerAddress_TooLong_IsAnArgumentError() =>
        FluentActions.Invoking(static () => new LinkLayerAddress(new byte[33])).Should().Throw<ArgumentException>();
}
