using CsCheck;
using FluentAssertions;
using Loxi.Nat.Tables;
using Xunit;

namespace Loxi.Nat.Tests.Tables;

public sealed class PortRangesTests
{
    [Fact]
    public void AnyRange_IsCoveredExactlyAndInOrder() =>
        Gen.Select(Gen.UShort, Gen.UShort).Sample((a, b) =>
        {
            var (first, last) = (Math.Min(a, b), Math.Max(a, b));
            var next = (int)first;
            foreach (var prefix in PortRanges.Prefixes(first, last))
            {
                ((int)prefix.Port).Should().Be(next, "prefixes neither overlap nor leave a gap");
                (prefix.Port & ((1 << (16 - prefix.Bits)) - 1)).Should().Be(0, "a prefix ends in zeros");
                next = prefix.Last + 1;
            }

            next.Should().Be(last + 1);
        });

    [Theory]
    [InlineData(80, 80, 1)]
    [InlineData(0, 65535, 1)]
    [InlineData(1024, 65535, 6)]
    [InlineData(1, 65534, PortRanges.MostPrefixes)]
    [InlineData(1, 65535, 16)]
    public void Range_TakesTheFewestPrefixes(ushort first, ushort last, int count) => PortRanges.Prefixes(first, last).Should().HaveCount(count);

    [Fact]
    public void SomeRange_IsWhatItShouldBe() =>
        PortRanges.Prefixes(30000, 30010).Should().Equal(new PortPrefix(30000, 13), new PortPrefix(30008, 15), new PortPrefix(30010, 16));
}
