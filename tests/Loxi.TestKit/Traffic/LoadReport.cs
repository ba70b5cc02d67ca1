using System.Globalization;

namespace Loxi.TestKit.Traffic;

/// <summary>What came of a load.</summary>
public sealed record LoadReport
{
    public required LoadProgress Progress { get; init; }

    public long Requests => Progress.Requests;

    public long Answered => Progress.Answered;

    public long Failed => Progress.Failed;

    /// <summary>Answers by the name of the server that gave them.</summary>
    public required IReadOnlyDictionary<string, long> PerServer { get; init; }

    /// <summary>Client addresses (without port) that servers saw.</summary>
    public required IReadOnlyList<string> ClientAddresses { get; init; }

    public required IReadOnlyDictionary<ErrorKind, long> FailedByKind { get; init; }

    /// <summary>The first 1,000 errors.</summary>
    public required IReadOnlyList<LoadError> Errors { get; init; }

    public required TimeSpan Elapsed { get; init; }

    public required TimeSpan P50 { get; init; }

    public required TimeSpan P99 { get; init; }

    public required TimeSpan Max { get; init; }

    /// <summary>Longest time between two answers, whichever connections they were for.</summary>
    public required TimeSpan LongestGap { get; init; }

    /// <summary>One line and the first errors, for the message of an assertion.</summary>
    public override string ToString()
    {
        var servers = string.Join(", ", PerServer.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
        var kinds = string.Join(", ", FailedByKind.Select(pair => $"{pair.Key}={pair.Value}"));
        var errors = string.Concat(Errors.Take(10).Select(error => $"\n  {error.Time:HH:mm:ss.fff} #{error.Connection} {error.Kind}: {error.Detail}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Requests} requests, {Answered} answered ({servers}), {Failed} failed ({kinds}) in {Elapsed.TotalSeconds:f1} s; p50 {P50.TotalMilliseconds:f2} ms, p99 {P99.TotalMilliseconds:f2} ms, max {Max.TotalMilliseconds:f1} ms, longest gap {LongestGap.TotalMilliseconds:f1} ms{errors}");
    }
}
