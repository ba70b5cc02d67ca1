namespace Loxi.Tests.Shared;

/// <summary>What an action allocates on the managed heap once it is warm.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <summary>
    /// Bytes that one call of <paramref name="action"/> allocates: the least of several calls, because the runtime charges the
    /// rest of a thread's allocation area to it whenever another thread collects garbage, and compiles hot methods anew.
    /// What the action itself allocates is in every call.
    /// </summary>
    public static long Of(Action action)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
