namespace Loxi.Nat.Refusals;

/// <summary>How many answers a <see cref="RefusalLimiter"/> lets through. All rates are per kind of answer.</summary>
public sealed class RefusalLimiterOptions
{
    /// <summary>RSTs, and likewise SCTP ABORTs, per second to one source prefix. Default 200, range 1 to 1,000,000. The burst is two seconds' worth.</summary>
    public int ResetsPerSource { get; set; } = 200;

    /// <summary>RSTs, and likewise SCTP ABORTs, per second to all. Default 20,000, range 1 to 1,000,000. The burst is one second's worth.</summary>
    public int ResetsTotal { get; set; } = 20_000;

    /// <summary>ICMP errors of one kind per second to one source prefix. Default 20, range 1 to 1,000,000. The burst is two seconds' worth.</summary>
    public int ErrorsPerSource { get; set; } = 20;

    /// <summary>ICMP errors of one kind per second to all. Default 1,000, range 1 to 1,000,000. The burst is one second's worth.</summary>
    public int ErrorsTotal { get; set; } = 1_000;

    /// <summary>Source prefixes remembered, rounded up to a power of two. Default 4,096, range 4 to 1,048,576; 16 bytes each.</summary>
    public int TableSize { get; set; } = 4096;
}
