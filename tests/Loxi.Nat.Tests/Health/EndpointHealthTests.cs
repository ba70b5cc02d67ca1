using CsCheck;
using FluentAssertions;
using Loxi.Nat.Health;
using Xunit;

namespace Loxi.Nat.Tests.Health;

public sealed class EndpointHealthTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ProbeSettings Settings = new();

    [Fact]
    public void FirstSuccess_UpAtOnce()
    {
        var health = Run(EndpointHealth.Start(Start), ProbeResult.Success);

        health.State.Should().Be(HealthState.Up);
        health.Since.Should().Be(Start.AddSeconds(1));
    }

    [Fact]
    public void Undecided_IsUsableUntilFallFailures()
    {
        var twice = Run(EndpointHealth.Start(Start), ProbeResult.Refused, ProbeResult.TimedOut);
        var thrice = Run(twice, ProbeResult.Unreachable);

        twice.IsUsable.Should().BeTrue();
        thrice.State.Should().Be(HealthState.Down);
        thrice.IsUsable.Should().BeFalse();
    }

    [Fact]
    public void FailuresNotInARow_StaysUp()
    {
        var health = Run(
            EndpointHealth.Start(Start),
            ProbeResult.Success, ProbeResult.Refused, ProbeResult.Refused, ProbeResult.Success, ProbeResult.Refused, ProbeResult.Refused);

        health.State.Should().Be(HealthState.Up);
        health.Failures.Should().Be(2);
    }

    [Fact]
    public void Down_NeedsRiseSuccessesInARow()
    {
        var down = Run(EndpointHealth.Start(Start), ProbeResult.Refused, ProbeResult.Refused, ProbeResult.Refused);

        Run(down, ProbeResult.Success, ProbeResult.Refused, ProbeResult.Success).State.Should().Be(HealthState.Down);
        Run(down, ProbeResult.Success, ProbeResult.Success).State.Should().Be(HealthState.Up);
    }

    [Fact]
    public void LocalError_ChangesNothing()
    {
        var health = Run(EndpointHealth.Start(Start), ProbeResult.Success, ProbeResult.Refused, ProbeResult.Refused);

        Run(health, ProbeResult.LocalError, ProbeResult.LocalError).Should().Be(health);
    }

    [Fact]
    public void CountingFailures_ProbesSooner()
    {
        var up = Run(EndpointHealth.Start(Start), ProbeResult.Success);
        var failing = Run(up, ProbeResult.Refused);
        var down = Run(failing, ProbeResult.Refused, ProbeResult.Refused);

        up.NextInterval(Settings).Should().Be(TimeSpan.FromSeconds(2));
        failing.NextInterval(Settings).Should().Be(TimeSpan.FromSeconds(1));
        down.NextInterval(Settings).Should().Be(TimeSpan.FromSeconds(2));
        failing.NextInterval(Settings with { Period = TimeSpan.FromMilliseconds(200) }).Should().Be(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void AnyResults_DownExactlyAfterFallAndUpExactlyAfterRise() =>
        Gen.Select(Gen.Bool.Array[0, 60], Gen.Int[1, 5], Gen.Int[1, 5]).Sample(
            (results, fall, rise) =>
            {
                var settings = Settings with { Fall = fall, Rise = rise };
                var health = EndpointHealth.Start(Start);
                for (var i = 0; i < results.Length; i++)
                {
                    var before = health.State;
                    health = health.On(results[i] ? ProbeResult.Success : ProbeResult.TimedOut, settings, Start.AddSeconds(i));
                    var history = results.Take(i + 1).Reverse().ToArray();
                    var streak = history.TakeWhile(result => result == results[i]).Count();
                    var expected = (before, results[i]) switch
                    {
                        (HealthState.Unknown, true) => HealthState.Up,
                        (HealthState.Down, true) when streak >= rise => HealthState.Up,
                        (HealthState.Unknown or HealthState.Up, false) when streak >= fall => HealthState.Down,
                        _ => before,
                    };
                    health.State.Should().Be(expected);
                    if (health.State != before)
                    {
                        health.Since.Should().Be(Start.AddSeconds(i));
                    }
                }
            });

    [Fact]
    public void WrongSettings_AllProblemsNamed()
    {
        var settings = new ProbeSettings
        {
            Period = TimeSpan.Zero,
            Timeout = TimeSpan.FromDays(2),
            RetryPeriod = TimeSpan.FromSeconds(3),
            Fall = 0,
            Rise = 256,
            Jitter = double.NaN,
        };

        settings.Validate().Should().HaveCount(6);
        Settings.Validate().Should().BeEmpty();
    }

    private static EndpointHealth Run(EndpointHealth health, params ProbeResult[] results)
    {
        var now = health.Since;
        foreach (var result in results)
        {
            now = now.AddSeconds(1);
            health = health.On(result, Settings, now);
        }

        return health;
    }
}
