using FluentAssertions;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.TestKit.Tests.Traffic;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Quantiles_AreWithinABucketOfTheTruth()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 10_000; i++)
        {
            histogram.Add(TimeSpan.FromMicroseconds(i * 10));
        }

        histogram.Count.Should().Be(10_000);
        histogram.Quantile(0.5).TotalMicroseconds.Should().BeInRange(50_000, 50_000 * 33.0 / 32);
        histogram.Quantile(0.99).TotalMicroseconds.Should().BeInRange(99_000, 99_000 * 33.0 / 32);
        histogram.Quantile(1).Should().Be(TimeSpan.FromMicroseconds(100_000)).And.Be(histogram.Max);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1_000_000)]
    [InlineData(3_600_000_000)]
    public void OneLatency_IsEveryQuantile(long microseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(TimeSpan.FromMicroseconds(microseconds));

        histogram.Quantile(0.5).Should().Be(TimeSpan.FromMicroseconds(microseconds));
    }

    [Fact]
    public void Nothing_IsZero()
    {
        new LatencyHistogram().Quantile(0.99).Should().Be(TimeSpan.Zero);
    }
}
