using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Core.Connections;
using Xunit;

namespace Loxi.Core.Tests.Connections;

public sealed class FlowAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", "00000000000000000000ffffc0000201", true)]
    [InlineData("2001:db8::1", "20010db8000000000000000000000001", false)]
    [InlineData("::", "00000000000000000000000000000000", false)]
    public void Bytes_AreTheWiresAndIPv4IsMapped(string text, string hex, bool isIPv4)
    {
        var address = FlowAddress.From(IPAddress.Parse(text));
        Span<byte> bytes = stackalloc byte[16];
        address.Write(bytes);

        Convert.ToHexStringLower(bytes).Should().Be(hex);
        FlowAddress.Read(bytes).Should().Be(address);
        address.IsIPv4.Should().Be(isIPv4);
        address.ToIPAddress().Should().Be(IPAddress.Parse(text));
        address.ToString().Should().Be(text);
    }

    [Fact]
    public void IPAddress_ComesBack() => Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]).Sample(bytes =>
    {
        var address = new IPAddress(bytes);
        var expected = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return FlowAddress.From(address).ToIPAddress().Equals(expected);
    });

    [Fact]
    public void Order_IsThatOfTheBytes() => Gen.Select(Gen.Byte[0, 2].Array[16], Gen.Byte[0, 2].Array[16]).Sample((left, right) =>
    {
        var expected = Math.Sign(left.AsSpan().SequenceCompareTo(right));
        var (l, r) = (FlowAddress.Read(left), FlowAddress.Read(right));
        return Math.Sign(l.CompareTo(r)) == expected && (l < r) == (expected < 0) && (l >= r) == (expected >= 0);
    });

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("223.255.255.255", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("0.0.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("240.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("ff02::1", false)]
    public void Unicast_IsToldFromTheRest(string text, bool unicast) => FlowAddress.From(IPAddress.Parse(text)).IsUnicast.Should().Be(unicast);
}
