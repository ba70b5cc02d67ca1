using System.Globalization;
using Loxi.Benchmarks.Reports;

namespace Loxi.Benchmarks.Bgp;

/// <summary>Loxi.Bgp beside BIRD, FRR's bgpd, OpenBGPD and GoBGP in alternating rounds: feeds passed on, own VIPs announced, feeds that change nothing, short hold times on a busy machine.</summary>
internal sealed partial class BgpBench(BenchOptions options, Report report, TextWriter progress)
{
    private static readonly TimeSpan _settling = TimeSpan.FromSeconds(1);

    internal async Task RunAsync()
    {
        for (var round = 0; round < options.Rounds; round++)
        {
            if (options.BgpParts.Contains("feeds"))
            {
                await MeasureFeedsAsync();
            }

            if (options.BgpParts.Contains("vips"))
            {
                await MeasureVipsAsync();
            }

            if (options.BgpParts.Contains("steady"))
            {
                await MeasureSteadyAsync();
            }

            if (options.BgpParts.Contains("hold"))
            {
                await MeasureHoldAsync();
            }

            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bgp: round {round + 1} of {options.Rounds}"));
        }

        JudgeFeeds();
        JudgeVips();
        JudgeSteady();
        JudgeHold();
    }
}
