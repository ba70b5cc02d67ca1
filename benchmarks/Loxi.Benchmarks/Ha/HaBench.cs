using System.Globalization;
using Loxi.Benchmarks.Reports;

namespace Loxi.Benchmarks.Ha;

/// <summary>Loxi.Ha: VIPs announced when a role is taken.</summary>
internal sealed partial class HaBench(BenchOptions options, Report report, TextWriter progress)
{
    internal async Task RunAsync()
    {
        for (var round = 0; round < options.Rounds; round++)
        {
            if (options.HaParts.Contains("announce"))
            {
                await MeasureAnnouncementAsync();
            }

            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ha: round {round + 1} of {options.Rounds}"));
        }

        JudgeAnnouncement();
    }
}
