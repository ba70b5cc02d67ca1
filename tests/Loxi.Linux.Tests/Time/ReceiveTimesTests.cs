using CsCheck;
using FluentAssertions;
using Loxi.Linux.Time;
using Xunit;

namespace Loxi.Linux.Tests.Time;

public sealed class ReceiveTimesTests
{
    private const long Millisecond = 1_000_000;
    private const long Second = 1000 * Millisecond;
    private const long Hour = 3600 * Second;
    private const long Boot = 500 * Second; // monotonic time of the previous drain
    private const long Date = 1_700_000_000 * Second; // wall-clock time of the previous drain

    [Fact]
    public void NoStep_IsTheMonotonicTimeOfTheStamp()
    {
        var times = Drain(after: 20 * Millisecond, step: 0);

        times.ToMonotonic(Date + (7 * Millisecond)).Should().Be(Boot + (7 * Millisecond));
        times.ToMonotonic(Date).Should().Be(Boot);
        times.ToMonotonic(Date + (20 * Millisecond)).Should().Be(Boot + (20 * Millisecond));
    }

    [Fact]
    public void NoStamp_IsNow() => Drain(after: 20 * Millisecond, step: 0).ToMonotonic(0).Should().Be(Boot + (20 * Millisecond));

    [Theory]
    [InlineData(Hour)]
    [InlineData(-Hour)]
    public void StepOfAnHour_StampsFromBeforeAndAfterIt_AreBothRight(long step)
    {
        // The clock was set at 100 ms of 200; two packets had come before, two after.
        var times = Drain(after: 200 * Millisecond, step);

        times.ToMonotonic(Date + (10 * Millisecond)).Should().Be(Boot + (10 * Millisecond));
        times.ToMonotonic(Date + (99 * Millisecond)).Should().Be(Boot + (99 * Millisecond));
        times.ToMonotonic(Date + step + (101 * Millisecond)).Should().Be(Boot + (101 * Millisecond));
        times.ToMonotonic(Date + step + (190 * Millisecond)).Should().Be(Boot + (190 * Millisecond));
    }

    [Theory]
    [InlineData(Hour)]
    [InlineData(-Hour)]
    public void StepOfAnHour_TwoStepsBetweenDrains_StaysBetweenThem(long step)
    {
        var times = Drain(after: 200 * Millisecond, step: 0);

        times.ToMonotonic(Date + step + (10 * Millisecond)).Should().BeInRange(Boot, Boot + (200 * Millisecond), "the clock went away and came back");
    }

    [Fact]
    public void SmallStep_TheLaterTimeIsTaken()
    {
        // A step of 50 ms within 200 ms: a stamp fits both readings, and the peer must not look more silent than it was.
        Drain(after: 200 * Millisecond, step: 50 * Millisecond).ToMonotonic(Date + (100 * Millisecond)).Should().Be(Boot + (100 * Millisecond));
        Drain(after: 200 * Millisecond, step: -50 * Millisecond).ToMonotonic(Date + (100 * Millisecond)).Should().Be(Boot + (150 * Millisecond));
    }

    [Fact]
    public void StampOfTheLastMoment_IsNow() =>
        Drain(after: 20 * Millisecond, step: 0).ToMonotonic(Date + (21 * Millisecond)).Should().Be(Boot + (20 * Millisecond), "it came after the clocks were read");

    [Fact]
    public void AnyStampAndStep_StaysBetweenTheDrains() => Gen.Select(Gen.Long, Gen.Long, Gen.Long[0, Hour]).Sample(
        static (stamp, realtime, after) =>
            new ReceiveTimes(new(Boot, Date), new(Boot + after, realtime)).ToMonotonic(stamp).Should().BeInRange(Boot, Boot + after),
        iter: 20_000);

    [Fact]
    public void Next_TheWindowMovesOn()
    {
        var times = ReceiveTimes.From(new(Boot, Date)).Next(new(Boot + 5, Date + 5)).Next(new(Boot + 9, Date + 9));

        times.Should().Be(new ReceiveTimes(new(Boot + 5, Date + 5), new(Boot + 9, Date + 9)));
    }

    [Fact]
    public void Now_ReadsBothClocks()
    {
        var before = (MonotonicClock.Nanoseconds, RealtimeClock.Nanoseconds);
        var reading = ClockReading.Now();

        reading.Monotonic.Should().BeInRange(before.Item1, MonotonicClock.Nanoseconds);
        reading.Realtime.Should().BeInRange(before.Item2 - Second, before.Item2 + (10 * Second));
        DateTimeOffset.FromUnixTimeMilliseconds(reading.Realtime / Millisecond).Should().BeCloseTo(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    private static ReceiveTimes Drain(long after, long step) => new(new(Boot, Date), new(Boot + after, Date + step + after));
}
