using FluentAssertions;
using Loxi.Linux.Time;
using Xunit;

namespace Loxi.Linux.Tests.Time;

public sealed class ClockTests
{
    [Fact]
    public void Monotonic_IsTheKernelsClockAndNeverGoesBack()
    {
        var before = TimeProvider.System.GetTimestamp();
        var first = MonotonicClock.Nanoseconds;
        var second = MonotonicClock.Nanoseconds;
        var after = TimeProvider.System.GetTimestamp();

        // On Linux .NET's timestamps are CLOCK_MONOTONIC in nanoseconds.
        TimeProvider.System.TimestampFrequency.Should().Be(1_000_000_000);
        first.Should().BeInRange(before, second);
        second.Should().BeLessThanOrEqualTo(after);
    }

    [Fact]
    public void Coarse_IsNotAheadOfMonotonic()
    {
        var coarse = CoarseClock.Nanoseconds;
        coarse.Should().BePositive().And.BeLessThanOrEqualTo(MonotonicClock.Nanoseconds);
        CoarseClock.ResolutionNanoseconds.Should().BeInRange(1_000_000, 10_000_000);
    }
}
