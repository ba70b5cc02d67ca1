namespace Loxi.Nat.Health;

/// <summary>Limits of a <see cref="ProbeScheduler"/>.</summary>
public sealed class ProbeSchedulerOptions
{
    /// <summary>
    /// Most probes in flight, each a descriptor. Default 4,096, range 1 to 65,536. Further ones wait in order. Targets that never
    /// answer need their number * timeout / period: 5,000 dead ones with the default settings 2,500.
    /// </summary>
    public int MaxConcurrent { get; set; } = 4096;

    /// <summary>Most targets. Default and most 65,536, least 1.</summary>
    public int MaxTargets { get; set; } = 65536;
}
