using System.Diagnostics;

namespace Loxi.TestKit.Availability;

/// <summary>The clock of the measuring tools: CLOCK_MONOTONIC, which processes share and no step of the wall clock moves.</summary>
public static class LabClock
{
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>When something happened that the kernel stamped with the wall clock a moment ago; now, when the wall clock was set meanwhile.</summary>
    internal static TimeSpan FromWallClock(DateTimeOffset stamp)
    {
        var (now, age) = (Now, DateTimeOffset.UtcNow - stamp);
        return age >= TimeSpan.Zero && age < TimeSpan.FromSeconds(10) ? now - age : now;
    }
}
