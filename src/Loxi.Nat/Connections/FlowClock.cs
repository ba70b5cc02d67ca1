using Loxi.Linux.Time;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>The clock of flow.last_seen: the kernel's coarse monotonic clock in units of 2^24 ns. It is the kernel's, so no TimeProvider stands for it.</summary>
internal static class FlowClock
{
    public static uint Now => (uint)(CoarseClock.Nanoseconds >> Shared.TickShift);

    public static int ToTicks(TimeSpan time) => (int)Math.Min(int.MaxValue, (time.Ticks * 100 >> Shared.TickShift) + 1);

    public static TimeSpan Since(uint lastSeen, uint now) => TimeSpan.FromTicks(Math.Max(0L, (int)(now - lastSeen)) * (1L << Shared.TickShift) / 100);
}
