namespace Loxi.Benchmarks.Reports;

internal static class Statistics
{
    internal static double Median(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The smallest sample that nine of ten do not exceed.</summary>
    internal static double NineOfTen(IEnumerable<double> samples) => Quantile(samples, 0.9);

    /// <summary>The smallest sample that 99 of 100 do not exceed.</summary>
    internal static double NinetyNineOfHundred(IEnumerable<double> samples) => Quantile(samples, 0.99);

    private static double Quantile(IEnumerable<double> samples, double share)
    {
        double[] sorted = [.. samples.Order()];
        return sorted[(int)Math.Ceiling(sorted.Length * share) - 1];
    }
}
