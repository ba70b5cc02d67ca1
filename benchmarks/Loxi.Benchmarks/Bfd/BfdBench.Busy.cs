using System.Globalization;
using Loxi.TestKit.Processes;

namespace Loxi.Benchmarks.Bfd;

/// <summary>
/// Which interval holds while every CPU has a busy loop, with the real-time class on both sides and without it. All programs and intervals at the same
/// time, so that a bad minute is bad for all.
/// </summary>
internal sealed partial class BfdBench
{
    private const double WithClassLimit = 50;
    private static readonly BfdSetting[] _busy = [new(1, 10), new(1, 20), new(1, 50), new(1, 100)];
    private static readonly string[] _busyNames = ["loxi", "bird", "frr"];

    private async Task MeasureBusyAsync()
    {
        List<RunningPair> pairs = [];
        List<LabProcess> loops = [];
        try
        {
            foreach (var isRealTime in new[] { false, true })
            {
                foreach (var setting in _busy)
                {
                    foreach (var name in _busyNames)
                    {
                        pairs.Add(await RunningPair.StartAsync(name, setting, isRealTime));
                    }
                }
            }

            for (var i = 0; i < Environment.ProcessorCount; i++)
            {
                loops.Add(pairs[0].Host.Start("busy", "/bin/sh", "-c", "while :; do :; done"));
            }

            var downs = await WatchAsync(pairs);
            for (var i = 0; i < pairs.Count; i++)
            {
                report.Add(BusyRow(pairs[i].Name, pairs[i].Setting, pairs[i].IsRealTime), "", downs[i]);
            }
        }
        finally
        {
            foreach (var loop in loops)
            {
                await loop.KillAsync();
            }

            foreach (var pair in pairs)
            {
                await pair.DisposeAsync();
            }
        }
    }

    /// <summary>How often sessions of each pair went down in the time that is asked for.</summary>
    private async Task<List<int>> WatchAsync(List<RunningPair> pairs)
    {
        await Task.Delay(_settling, TimeProvider.System);
        var before = pairs.ConvertAll(static pair => pair.Downs);
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds), TimeProvider.System);
        return [.. pairs.Select((pair, i) => pair.Downs - before[i])];
    }

    private string BusyRow(string name, BfdSetting setting, bool isRealTime)
        => string.Create(CultureInfo.InvariantCulture, $"{name}: flaps beside busy loops in {options.Seconds} s, {setting}{Class(isRealTime)}");

    private static string Class(bool isRealTime) => isRealTime ? ", real-time class" : "";

    /// <summary>bgp-bfd.md section 2: the smallest interval without a flap is at or below both peers', with the real-time class at most 50 ms.</summary>
    private void JudgeBusy()
    {
        foreach (var isRealTime in new[] { false, true })
        {
            foreach (var name in _busyNames)
            {
                report.Add(Row(name), "ms", Smallest(name, isRealTime));
            }

            var better = Math.Min(Smallest("bird", isRealTime), Smallest("frr", isRealTime));
            report.AddBound(Row("loxi"), isRealTime ? Math.Min(better, WithClassLimit) : better);

            string Row(string name) => $"{name}: smallest interval without a flap beside busy loops{Class(isRealTime)}";
        }

        // Infinite where even the largest has flaps.
        double Smallest(string name, bool isRealTime) => _busy.Reverse()
            .TakeWhile(setting => report.Samples(BusyRow(name, setting, isRealTime)).Sum() == 0)
            .Select(static setting => (double)setting.Milliseconds)
            .DefaultIfEmpty(double.PositiveInfinity)
            .Last();
    }
}
