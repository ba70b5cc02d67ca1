using System.Diagnostics;
using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.Benchmarks.Reports;
using Loxi.TestKit.Scenarios;

namespace Loxi.Benchmarks.Ha;

/// <content>conntrackd beside it on the same hosts, over the same link: as many connections in the kernel's own table, by netlink.</content>
internal sealed partial class HaBench
{
    // Behind those of any lag: the table has room for both.
    private const int FirstOfBurst = 1_000_000;
    private static readonly TimeSpan _hurry = TimeSpan.FromMilliseconds(20);

    private async Task MeasureConntrackdAsync()
    {
        foreach (var keepsCache in new[] { true, false })
        {
            await using var lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.FlatL2, PeerLink = true });
            ConntrackdPair pair = new(lab, keepsCache);
            await pair.StartAsync();
            using ConntrackMaker maker = new(pair.Own);
            if (!keepsCache)
            {
                await Task.Factory.StartNew(() => MeasureConntrackdLag(pair, maker), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            await MeasureConntrackdBurstAsync(pair, maker, keepsCache);
        }
    }

    private static string ConntrackdRow(bool keepsCache, string what) => $"conntrackd, {(keepsCache ? "into its cache" : "without cache, into the kernel")}: {what}";

    private async Task MeasureConntrackdBurstAsync(ConntrackdPair pair, ConntrackMaker maker, bool keepsCache)
    {
        var (first, before, begin) = (pair.Arrived(), pair.Cpu(), Stopwatch.GetTimestamp());
        var making = Task.Run(() => maker.Make(FirstOfBurst, Burst));
        var (arrived, at) = (0, TimeSpan.Zero);
        for (var last = TimeSpan.Zero; arrived < Burst && (last = Stopwatch.GetElapsedTime(begin)) < _all && last - at < _lost;)
        {
            await Task.Delay(_hurry, TimeProvider.System);
            if (pair.Arrived() - first is var now && now > arrived)
            {
                (arrived, at) = (now, Stopwatch.GetElapsedTime(begin));
            }
        }

        await making;
        report.Add(ConntrackdRow(keepsCache, $"{Burst} at once, a second"), "1000/s", arrived / at.TotalSeconds / 1000);
        report.Add(ConntrackdRow(keepsCache, $"{Burst} at once, CPU of both for one"), "us", (pair.Cpu() - before) / Burst / 1000);
        report.Add(ConntrackdRow(keepsCache, $"{Burst} at once, not there"), "", Burst - arrived);
        if (keepsCache)
        {
            begin = Stopwatch.GetTimestamp();
            pair.Commit();
            report.Add(ConntrackdRow(keepsCache, $"commit of {Burst} at a takeover"), "ms", Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }
    }

    private void MeasureConntrackdLag(ConntrackdPair pair, ConntrackMaker maker)
    {
        Libc.Prefer();
        List<double> lags = [];
        List<long> made = [];
        var (first, time, begin) = (pair.Arrived(), TimeSpan.FromSeconds(options.Seconds), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(begin) is var now && (now < time || (lags.Count < made.Count && now < time + _lost)))
        {
            for (var due = now < time ? (int)(now.TotalSeconds * NewPerSecond) : made.Count; made.Count < due;)
            {
                made.Add(Stopwatch.GetTimestamp());
                maker.Make(made.Count - 1, 1);
            }

            // They come in the order in which they were made.
            for (var arrived = Math.Min(pair.Arrived() - first, made.Count); lags.Count < arrived;)
            {
                lags.Add(Stopwatch.GetElapsedTime(made[lags.Count]).TotalMilliseconds);
            }

            Thread.Sleep(1);
        }

        var what = string.Create(CultureInfo.InvariantCulture, $"lag at {NewPerSecond} a second");
        report.Add(ConntrackdRow(false, $"{what}, p50"), "ms", Statistics.Median(lags));
        report.Add(ConntrackdRow(false, $"{what}, p99"), "ms", Statistics.NinetyNineOfHundred(lags));
        report.Add(ConntrackdRow(false, $"{what}, longest"), "ms", lags.Max());
        report.Add(ConntrackdRow(false, $"{what}, not there"), "", made.Count - lags.Count);
    }
}
