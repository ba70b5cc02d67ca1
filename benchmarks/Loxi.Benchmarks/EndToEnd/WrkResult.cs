using System.Globalization;
using System.Text.RegularExpressions;

namespace Loxi.Benchmarks.EndToEnd;

/// <summary>What wrk prints.</summary>
internal sealed partial record WrkResult(double PerSecond, double Requests, double P50, double P99, double Errors)
{
    internal static WrkResult Parse(string text)
    {
        var requests = RequestCount().Match(text);
        var rate = Rate().Match(text);
        if (!requests.Success || !rate.Success)
        {
            throw new FormatException($"wrk: expected a summary, got:\n{text}");
        }

        var errors = SocketErrors().Match(text);
        var bad = Refused().Match(text);
        return new(
            Number(rate),
            Number(requests),
            Latency(text, "50"),
            Latency(text, "99"),
            (errors.Success ? Enumerable.Range(1, 4).Sum(i => double.Parse(errors.Groups[i].Value, CultureInfo.InvariantCulture)) : 0) + (bad.Success ? Number(bad) : 0));
    }

    private static double Number(Match match) => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>A percentile in microseconds.</summary>
    private static double Latency(string text, string percentile)
    {
        var match = Regex.Match(text, $@"^\s+{percentile}%\s+([\d.]+)(us|ms|s)$", RegexOptions.Multiline | RegexOptions.CultureInvariant);
        var scale = match.Groups[2].Value switch { "us" => 1, "ms" => 1e3, "s" => 1e6, _ => throw new FormatException($"wrk: no percentile {percentile} in:\n{text}") };
        return Number(match) * scale;
    }

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex RequestCount();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex SocketErrors();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex Refused();
}
