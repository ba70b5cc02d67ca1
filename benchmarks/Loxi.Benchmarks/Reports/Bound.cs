namespace Loxi.Benchmarks.Reports;

/// <summary>A row whose median must not be above a limit.</summary>
internal sealed record Bound(string Row, string Unit, double Median, double Limit)
{
    /// <summary>PASS or FAIL.</summary>
    public string Verdict => Median <= Limit ? "PASS" : "FAIL";
}
