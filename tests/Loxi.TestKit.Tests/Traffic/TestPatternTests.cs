using FluentAssertions;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.TestKit.Tests.Traffic;

public sealed class TestPatternTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(65_520)]
    [InlineData(65_521)]
    [InlineData(131_050)]
    public void Content_IsTheSameHoweverItIsCut(long offset)
    {
        var whole = TestPattern.Slice(offset, 60_000).ToArray();

        TestPattern.FirstDifference(offset, whole).Should().Be(-1);
        TestPattern.Slice(offset + 1234, 10_000).ToArray().Should().Equal(whole[1234..11_234]);
    }

    [Fact]
    public void WrongByte_IsFoundAtItsOffset()
    {
        byte[] data = [.. TestPattern.Slice(0).Span, .. TestPattern.Slice(65_536).Span];
        data[70_000] ^= 1;

        TestPattern.FirstDifference(0, data).Should().Be(70_000);
    }

    [Fact]
    public void SwappedSegments_AreFound()
    {
        var first = TestPattern.Slice(0, 1448).ToArray();

        TestPattern.FirstDifference(1448, first).Should().BeInRange(1448, 1460);
    }
}
