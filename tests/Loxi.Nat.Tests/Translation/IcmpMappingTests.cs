using FluentAssertions;
using Loxi.Nat.Translation;
using Xunit;

namespace Loxi.Nat.Tests.Translation;

public sealed class IcmpMappingTests
{
    private static readonly IpHeader Whole = new() { TotalLength = 1500 };
    private static readonly IpHeader Fragment = new() { TotalLength = 1500, HasIdentification = true };

    [Theory]
    [InlineData(3, 0, 1, 0)]
    [InlineData(3, 1, 1, 0)]
    [InlineData(3, 3, 1, 4)]
    [InlineData(3, 5, 1, 0)]
    [InlineData(3, 6, 1, 0)]
    [InlineData(3, 7, 1, 0)]
    [InlineData(3, 8, 1, 0)]
    [InlineData(3, 9, 1, 1)]
    [InlineData(3, 10, 1, 1)]
    [InlineData(3, 11, 1, 0)]
    [InlineData(3, 12, 1, 0)]
    [InlineData(3, 13, 1, 1)]
    [InlineData(3, 15, 1, 1)]
    [InlineData(11, 0, 3, 0)]
    [InlineData(11, 1, 3, 1)]
    public void Rfc7915_4_2_Error_InIpv6(byte type, byte code, byte type6, byte code6) =>
        IcmpMapping.ToIpv6(type, code, 0, Whole).Should().Be((type6, code6, 0u));

    [Theory]
    [InlineData(3, 14)]
    [InlineData(3, 16)]
    [InlineData(4, 0)]
    [InlineData(5, 0)]
    [InlineData(6, 0)]
    [InlineData(9, 0)]
    [InlineData(12, 1)]
    [InlineData(12, 3)]
    [InlineData(13, 0)]
    [InlineData(99, 0)]
    public void Rfc7915_4_2_Error_HasNoneInIpv6(byte type, byte code) => IcmpMapping.ToIpv6(type, code, 0, Whole).Should().BeNull();

    [Fact]
    public void Rfc7915_4_2_ProtocolUnreachable_PointsToTheNextHeader() => IcmpMapping.ToIpv6(3, 2, 0, Whole).Should().Be(((byte)4, (byte)1, 6u));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(3, 4)]
    [InlineData(8, 7)]
    [InlineData(9, 6)]
    [InlineData(12, 8)]
    [InlineData(15, 8)]
    [InlineData(16, 24)]
    [InlineData(19, 24)]
    public void Rfc7915_Figure3_Pointer_InIpv6(uint field, uint expected)
    {
        IcmpMapping.ToIpv6(12, 0, field << 24, Whole).Should().Be(((byte)4, (byte)0, expected));
        IcmpMapping.ToIpv6(12, 2, field << 24, Whole).Should().Be(((byte)4, (byte)0, expected));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(20)]
    public void Rfc7915_Figure3_Pointer_HasNoneInIpv6(uint field) => IcmpMapping.ToIpv6(12, 0, field << 24, Whole).Should().BeNull();

    [Theory]
    [InlineData(1, 0, 3, 1)]
    [InlineData(1, 1, 3, 10)]
    [InlineData(1, 2, 3, 1)]
    [InlineData(1, 3, 3, 1)]
    [InlineData(1, 4, 3, 3)]
    [InlineData(3, 0, 11, 0)]
    [InlineData(3, 1, 11, 1)]
    [InlineData(4, 1, 3, 2)]
    public void Rfc7915_5_2_Error_InIpv4(byte type, byte code, byte type4, byte code4) =>
        IcmpMapping.ToIpv4(type, code, 0, Whole).Should().Be((type4, code4, 0u));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(4, 2)]
    [InlineData(5, 0)]
    [InlineData(130, 0)]
    [InlineData(135, 0)]
    [InlineData(200, 0)]
    public void Rfc7915_5_2_Error_HasNoneInIpv4(byte type, byte code) => IcmpMapping.ToIpv4(type, code, 0, Whole).Should().BeNull();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    [InlineData(6, 9)]
    [InlineData(7, 8)]
    [InlineData(8, 12)]
    [InlineData(23, 12)]
    [InlineData(24, 16)]
    [InlineData(39, 16)]
    public void Rfc7915_Figure6_Pointer_InIpv4(uint field, uint expected) =>
        IcmpMapping.ToIpv4(4, 0, field, Whole).Should().Be(((byte)12, (byte)0, expected << 24));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(uint.MaxValue)]
    public void Rfc7915_Figure6_Pointer_HasNoneInIpv4(uint field) => IcmpMapping.ToIpv4(4, 0, field, Whole).Should().BeNull();

    [Theory]
    [InlineData(1400, false, 1420)]
    [InlineData(1400, true, 1428)]
    [InlineData(1000, false, 1280)]
    [InlineData(65535, false, 65555)]
    [InlineData(0, false, 1512)]
    public void Rfc7915_4_2_Mtu_InIpv6(uint mtu, bool isFragment, uint expected) =>
        IcmpMapping.ToIpv6(3, 4, 0xabcd0000 | mtu, isFragment ? Fragment : Whole).Should().Be(((byte)2, (byte)0, expected));

    [Theory]
    [InlineData(1400, false, 1380)]
    [InlineData(1400, true, 1372)]
    [InlineData(1280, false, 1260)]
    [InlineData(0, false, 68)]
    [InlineData(uint.MaxValue, false, 65535)]
    public void Rfc7915_5_2_Mtu_InIpv4(uint mtu, bool isFragment, uint expected) =>
        IcmpMapping.ToIpv4(2, 0, mtu, isFragment ? Fragment : Whole).Should().Be(((byte)3, (byte)4, expected));

    [Theory]
    [InlineData(65535, 32020)]
    [InlineData(9000, 8186)]
    [InlineData(1500, 1512)]
    [InlineData(1492, 1280)]
    [InlineData(68, 1280)]
    [InlineData(20, 1280)]
    public void Rfc1191_7_1_RouterThatTellsNoMtu_NextPlateauBelowThePacket(int length, uint expected) =>
        PathMtu.ToIpv6(0, length, isFragment: false).Should().Be(expected);
}
