namespace Loxi.Benchmarks.Reports;

/// <summary>What the JSON file holds: every sample of every round.</summary>
internal sealed record ReportDocument(Machine Machine, int Rounds, IReadOnlyList<Series> Rows, IReadOnlyList<Ratio> Ratios, IReadOnlyList<Bound> Bounds);
