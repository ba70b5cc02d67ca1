namespace Loxi.Bfd.Tests.Simulation;

/// <summary>What happens to packets between two nodes.</summary>
internal sealed record Network
{
    public double Loss { get; init; }

    public double Duplication { get; init; }

    /// <summary>Delay in nanoseconds: at least, and at most; packets overtake each other when they differ.</summary>
    public long LeastDelay { get; init; } = 100_000;

    public long GreatestDelay { get; init; } = 100_000;

    public bool CutToFirst { get; init; }

    public bool CutToSecond { get; init; }
}
