using System.Globalization;
using Loxi.TestKit.Traffic;

namespace Loxi.Lab;

/// <summary>The table at the end of the demo, and what is wrong with it.</summary>
internal static class DemoSummary
{
    /// <summary>Time after the death of an endpoint in which requests may fail.</summary>
    internal static readonly TimeSpan Detection = TimeSpan.FromSeconds(6);

    internal static void Print(IReadOnlyList<DemoLoad> loads, IReadOnlyList<string> servers, DateTimeOffset death)
    {
        Console.Out.WriteLine($"{"TRAFFIC",-26}{"REQUESTS",9}{"ANSWERED",9}{"FAILED",7}  {string.Concat(servers.Select(server => $"{server.ToUpperInvariant(),7}"))}{"P50 ms",8}{"P99 ms",8}  FAILURES AFTER THE DEATH");
        foreach (var load in loads)
        {
            var report = load.Report;
            var spread = string.Concat(servers.Select(server => $"{report.PerServer.GetValueOrDefault(server),7}"));
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{load.Name,-26}{report.Requests,9}{report.Answered,9}{report.Failed,7}  {spread}{report.P50.TotalMilliseconds,8:f2}{report.P99.TotalMilliseconds,8:f2}  {When(report, death)}"));
        }
    }

    /// <summary>What went wrong, empty when all is well.</summary>
    internal static List<string> Problems(IReadOnlyList<DemoLoad> loads, IReadOnlyList<string> servers, string victim, DateTimeOffset death)
    {
        List<string> problems = [];
        foreach (var load in loads)
        {
            var report = load.Report;
            var allowed = load.Probed
                ? report.Errors.Count(error => error.Kind != ErrorKind.ServerChanged && error.Time >= death && error.Time <= death + Detection)
                : 0;
            if (report.Failed > allowed)
            {
                problems.Add($"{load.Name}: {report.Failed - allowed} requests failed although no endpoint that serves them had just died\n{report}");
            }

            problems.AddRange(servers.Where(server => load.Between(Before, Death, server) == 0).Select(server => $"{load.Name}: {server} answered nothing before the death"));
            if (load.Probed && load.Between(Death, Return, victim) is > 0 and var answers)
            {
                problems.Add($"{load.Name}: {victim} answered {answers} requests while it was dead");
            }

            if (load.NewConnections || !load.Probed)
            {
                problems.AddRange(servers.Where(server => load.Between(Back, End, server) == 0).Select(server => $"{load.Name}: {server} answered nothing after the return"));
            }
        }

        return problems;
    }

    internal const int Before = 0;
    internal const int Death = 1;
    internal const int Return = 2;
    internal const int Back = 3;
    internal const int End = 4;

    private static string When(LoadReport report, DateTimeOffset death) => report.Errors.Count == 0
        ? "none"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{(report.Errors.Min(error => error.Time) - death).TotalSeconds:f2} s to {(report.Errors.Max(error => error.Time) - death).TotalSeconds:f2} s ({string.Join(", ", report.FailedByKind.Select(pair => $"{pair.Key} {pair.Value}"))})");
}
