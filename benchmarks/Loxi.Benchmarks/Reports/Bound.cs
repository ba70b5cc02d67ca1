namespace Loxi.Benchmarks.Reports;

/// <summary>A row whose median must not be above a limit; or, where <paramref name="IsLeast"/>, not below it.</summary>
internal sealed record Bound(string Row, string Unit, double Median, double Limit, bool IsLeast = false)
{
    /// <summary>PASS or FAIL.</summary>
    public string Verdict => (IsLeast ? Median >= Limit : Median <= Limit) ? "PASS" : "FAIL";
}
