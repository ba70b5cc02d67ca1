namespace Loxi.Bfd.Transport;

/// <summary>What the engine counts. Written by its thread, read by any.</summary>
internal sealed class EngineCounters
{
    /// <summary>Ends of waits.</summary>
    public long Wakes { get; set; }

    /// <summary>Wakes that came later than half the detection time of a session.</summary>
    public long LateWakes { get; set; }

    /// <summary>The greatest lateness of a wake, in nanoseconds.</summary>
    public long GreatestLateness { get; set; }

    /// <summary>Time of garbage collections within late wakes, in ticks.</summary>
    public long CollectionTicks { get; set; }

    /// <summary>Datagrams that were read.</summary>
    public long Received { get; set; }

    /// <summary>Packets that were sent.</summary>
    public long Sent { get; set; }

    /// <summary>Packets that could not be sent.</summary>
    public long SendErrors { get; set; }
}
