namespace Loxi.Cli.Live;

/// <summary>The counters of a service or an endpoint at one time.</summary>
internal readonly record struct CounterReading(ulong Connections, ulong Packets, ulong Bytes)
{
    /// <summary>The growth of a counter in a second; null when it fell, as it does when a node starts anew.</summary>
    public static double? RateOf(ulong before, ulong now, TimeSpan elapsed) =>
        now >= before && elapsed > TimeSpan.Zero ? (now - before) / elapsed.TotalSeconds : null;
}
