using System.Globalization;
using FluentAssertions;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.TestKit.RootTests.Processes;

public sealed class FakeWallClockTests
{
    private const double Tolerance = 5;

    [Fact]
    public async Task Process_HasTheClockThatItWasGiven_AndItsWaitsAreThoseOfTheMachine()
    {
        await using var lab = Lab.Create();
        var host = lab.AddHost("a");
        var clock = FakeWallClock.Create(host);
        (await OffsetAsync(host, clock)).Should().BeApproximately(0, Tolerance);
        clock.Step(TimeSpan.FromHours(1));
        (await OffsetAsync(host, clock)).Should().BeApproximately(3600, Tolerance);

        clock.Slew(1000);
        var waits = Start(host, clock, "date +%s.%N; sleep 0.5; date +%s.%N");
        await waits.Completion;
        (Seconds(waits.Lines[1]) - Seconds(waits.Lines[0])).Should().BeInRange(500, 10_000, "half a second, a thousand times as fast");
        var ahead = await OffsetAsync(host, clock);
        ahead.Should().BeGreaterThan(3600 + 500, "it goes on from where it was");

        clock.Slew(0);
        var stands = await OffsetAsync(host, clock);
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        (await OffsetAsync(host, clock)).Should().BeLessThan(stands - 0.9);
        clock.Step(-TimeSpan.FromHours(1));
        (await OffsetAsync(host, clock)).Should().BeApproximately(-3600, Tolerance);
    }

    private static async Task<double> OffsetAsync(LabHost host, FakeWallClock clock)
    {
        var process = Start(host, clock, "date +%s.%N");
        (await process.Completion).Should().Be(0, process.Tail());
        return Seconds(process.Lines[0]) - ((DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds);
    }

    private static LabProcess Start(LabHost host, FakeWallClock clock, string script)
        => host.Start(new LabProcessOptions { Name = "clock", File = "sh", Arguments = ["-c", script], Environment = clock.Environment });

    private static double Seconds(string line) => double.Parse(line, CultureInfo.InvariantCulture);
}
