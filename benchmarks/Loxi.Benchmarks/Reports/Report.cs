using System.Globalization;
using System.Text.Json;

namespace Loxi.Benchmarks.Reports;

/// <summary>Collects the rows, prints them as tables and writes them as JSON.</summary>
internal sealed class Report(Machine machine, int rounds)
{
    private readonly List<Series> _rows = [];
    private readonly Dictionary<string, Series> _byName = new(StringComparer.Ordinal);
    private readonly List<Ratio> _ratios = [];
    private readonly List<Bound> _bounds = [];

    internal bool HasFailures => _ratios.Any(ratio => ratio.Verdict == "FAIL") || _bounds.Any(bound => bound.Verdict == "FAIL");

    internal void Add(string name, string unit, double sample)
    {
        if (!_byName.TryGetValue(name, out var row))
        {
            row = new(name, unit, []);
            _byName.Add(name, row);
            _rows.Add(row);
        }

        row.Samples.Add(sample);
    }

    internal void AddRatio(string of, string by, double? gate, double? target)
    {
        if (_byName.TryGetValue(of, out var above) && _byName.TryGetValue(by, out var below))
        {
            _ratios.Add(new(of, by, [.. above.Samples.Zip(below.Samples, (a, b) => a / b)], gate, target));
        }
    }

    internal void AddBound(string row, double limit)
    {
        if (_byName.TryGetValue(row, out var series))
        {
            _bounds.Add(new(row, series.Unit, series.Median, limit));
        }
    }

    internal void AddLeast(string row, double limit)
    {
        if (_byName.TryGetValue(row, out var series))
        {
            _bounds.Add(new(row, series.Unit, series.Median, limit, IsLeast: true));
        }
    }

    internal double Median(string row) => _byName[row].Median;

    internal IReadOnlyList<double> Samples(string row) => _byName[row].Samples;

    internal void WriteMarkdown(TextWriter output)
    {
        output.WriteLine($"{machine}. {rounds} rounds.");
        output.WriteLine();
        output.WriteLine("| | unit | min | median | max |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var row in _rows)
        {
            output.WriteLine($"| {row.Name} | {row.Unit} | {Number(row.Min)} | {Number(row.Median)} | {Number(row.Max)} |");
        }

        WriteRatios(output);
        WriteBounds(output);
    }

    internal void WriteJson(string path)
    {
        using var file = File.Create(path);
        JsonSerializer.Serialize(file, new(machine, rounds, _rows, _ratios, _bounds), ReportJson.Default.ReportDocument);
    }

    private void WriteBounds(TextWriter output)
    {
        if (_bounds.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("| bound of a median | unit | median | limit | |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var bound in _bounds)
        {
            output.WriteLine($"| {bound.Row} | {bound.Unit} | {Number(bound.Median)} | {(bound.IsLeast ? "at least " : "")}{Number(bound.Limit)} | {bound.Verdict} |");
        }
    }

    private void WriteRatios(TextWriter output)
    {
        if (_ratios.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("| ratio within a round | min | median | max | gate | target | |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var ratio in _ratios)
        {
            output.WriteLine($"| {ratio.Of} / {ratio.By} | {Two(ratio.Min)} | {Two(ratio.Median)} | {Two(ratio.Max)} | {Two(ratio.Gate)} | {Two(ratio.Target)} | {ratio.Verdict} |");
        }
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 1000 ? "F0" : "F1", CultureInfo.InvariantCulture);

    private static string Two(double? value) => value?.ToString("F2", CultureInfo.InvariantCulture) ?? "";
}
