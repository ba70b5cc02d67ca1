namespace Loxi.Ha.Announce;

/// <summary>When a master announces, counted from the moment when it became one: 5 times in the first second, 5 more after 5 s, then every 60 s.</summary>
internal static class AnnounceSchedule
{
    internal const int Burst = 5;

    internal static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(200);
    internal static readonly TimeSpan SecondBurst = TimeSpan.FromSeconds(5);
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    /// <param name="number">Announcements before it, 0 or more.</param>
    internal static TimeSpan OffsetOf(long number) => number switch
    {
        < Burst => number * Gap,
        < 2 * Burst => SecondBurst + ((number - Burst) * Gap),
        _ => (number - (2 * Burst) + 1) * Period,
    };

    /// <summary>The first that is not before a moment. What was missed is not made up for.</summary>
    /// <param name="number">Announcements so far.</param>
    /// <param name="elapsed">Since the start.</param>
    internal static long NextAfter(long number, TimeSpan elapsed)
    {
        if (elapsed >= Period)
        {
            return Math.Max(number, (2 * Burst) - 1 + (elapsed.Ticks / Period.Ticks) + 1);
        }

        while (OffsetOf(number) <= elapsed)
        {
            number++;
        }

        return number;
    }
}
