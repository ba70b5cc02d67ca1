namespace Loxi.Benchmarks.Reports;

/// <summary>Two rows compared round by round.</summary>
/// <param name="Of">The row that is judged.</param>
/// <param name="By">The row that it is divided by.</param>
/// <param name="Samples">One ratio per round.</param>
/// <param name="Gate">Largest median that passes; null: for information.</param>
/// <param name="Target">Where it shall get to.</param>
internal sealed record Ratio(string Of, string By, IReadOnlyList<double> Samples, double? Gate, double? Target)
{
    public double Min => Samples.Min();

    public double Median => Statistics.Median(Samples);

    public double Max => Samples.Max();

    /// <summary>PASS, FAIL, or empty without a gate.</summary>
    public string Verdict => Gate is not { } gate ? "" : Median <= gate ? "PASS" : "FAIL";
}
