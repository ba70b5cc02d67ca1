namespace Loxi.Benchmarks.Reports;

/// <summary>One row of measurements, a sample per round.</summary>
internal sealed record Series(string Name, string Unit, List<double> Samples)
{
    public double Min => Samples.Min();

    public double Median => Statistics.Median(Samples);

    public double Max => Samples.Max();
}
