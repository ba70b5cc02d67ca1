using FluentAssertions;
using Loxi.Ha.Transport.Engine;
using Xunit;

namespace Loxi.Ha.Tests.Transport;

public sealed class WallClockTests
{
    [Theory]
    [InlineData(1_000, 1_000, 0, 0)]
    [InlineData(1_500, 1_000, 0, 500)]
    [InlineData(500, 1_000, 0, -500)]
    [InlineData(995, 1_000, 10, 0)]
    [InlineData(5, uint.MaxValue - 4, 0, 10)]
    [InlineData(uint.MaxValue - 4, 5, 0, -10)]
    public void Offset_IsTheDifferenceLessHalfTheWay_AlsoWhereTheNumberWraps(uint told, uint own, int roundTrip, int expected) =>
        WallClock.Offset(told, own, TimeSpan.FromMilliseconds(roundTrip)).Should().Be(TimeSpan.FromMilliseconds(expected));

    [Fact]
    public void ToWire_NeverSaysThatItIsNotTold() => WallClock.ToWire((1L << 32) * 1_000_000).Should().Be(1);
}
