namespace Loxi.TestKit.Traffic;

/// <summary>A bulk transfer whose content was verified.</summary>
public sealed record BulkResult(string Server, long Bytes, TimeSpan Elapsed)
{
    public double MegabitsPerSecond => Bytes * 8 / Elapsed.TotalSeconds / 1e6;
}
