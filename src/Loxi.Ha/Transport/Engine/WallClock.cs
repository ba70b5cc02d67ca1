using Loxi.Linux.Time;

namespace Loxi.Ha.Transport.Engine;

/// <summary>Wall clocks as HELLOs tell them: the low 32 bits of milliseconds since 1970, of which 0 is not told. Differences of 24 days and more cannot be told from lesser ones.</summary>
internal static class WallClock
{
    public static uint Now => ToWire(RealtimeClock.Nanoseconds);

    public static uint ToWire(long nanoseconds) => unchecked((uint)(nanoseconds / 1_000_000)) is var low && low != 0 ? low : 1;

    /// <summary>By how much another clock is before the own one.</summary>
    /// <param name="told">What it said.</param>
    /// <param name="own">The own one when that arrived.</param>
    /// <param name="roundTrip">The time to the other node and back, half of which what it said was on its way.</param>
    public static TimeSpan Offset(uint told, uint own, TimeSpan roundTrip) => TimeSpan.FromMilliseconds(unchecked((int)(told - own))) + (roundTrip / 2);
}
