using System.Globalization;
using Loxi.Benchmarks.Reports;

namespace Loxi.Benchmarks.Ha;

/// <summary>Nodes that share addresses: a thousand VIPs announced when a role is taken; the failover of one beside keepalived; a pair under load; connections that a pair keeps alike, and planned moves of them.</summary>
internal sealed partial class HaBench(BenchOptions options, Report report, TextWriter progress)
{
    internal async Task RunAsync()
    {
        if (options.Loxid is { } loxid)
        {
            Environment.SetEnvironmentVariable("LOXID", loxid);
        }

        HashSet<string> programs = [];
        for (var round = 0; round < options.Rounds; round++)
        {
            if (options.HaParts.Contains("announce"))
            {
                await MeasureAnnouncementAsync();
            }

            if (options.HaParts.Contains("failover"))
            {
                await MeasureFailoversAsync(programs);
            }

            if (options.HaParts.Contains("load"))
            {
                await MeasureLoadsAsync();
            }

            if (options.HaParts.Contains("sync"))
            {
                await MeasureSyncAsync();
                await MeasureConntrackdAsync();
            }

            if (options.HaParts.Contains("hold"))
            {
                await MeasureHoldAsync();
            }

            if (options.HaParts.Contains("moves"))
            {
                await MeasureMovesAsync();
            }

            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ha: round {round + 1} of {options.Rounds}"));
        }

        JudgeAnnouncement();
        JudgeFailovers(programs);
        JudgeLoads();
        JudgeSync();
        JudgeHold();
        JudgeMoves();
    }
}
