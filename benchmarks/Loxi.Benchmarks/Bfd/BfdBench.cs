using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.Benchmarks.Reports;

namespace Loxi.Benchmarks.Bfd;

/// <summary>
/// Loxi.Bfd beside FRR's bfdd and BIRD in alternating rounds, each with BIRD as its peer: how soon a silent peer is noticed, how often sessions flap that
/// should not, and what a session costs.
/// </summary>
internal sealed partial class BfdBench(BenchOptions options, Report report, TextWriter progress)
{
    private const int Kills = 4;
    private const string WithoutGaps = "the same without the machine's gaps";
    private const int Stop = 19;
    private const int Continue = 18;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(5);
    private static readonly BfdSetting[] _detections = [new(1, 10), new(1, 50), new(1, 100)];
    private static readonly BfdSetting[] _loads = [new(1, 10), new(10, 10), new(100, 10), new(100, 50), new(500, 50), new(500, 300)];
    private static readonly string[] _names = ["loxi", "loxi, full heap", "bird", "frr"];

    internal async Task RunAsync()
    {
        using GapLog gaps = new();
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var setting in Of("detection", _detections))
            {
                foreach (var name in _names)
                {
                    await InPairAsync(setting, name, (pair, peer, program, watch) => DetectAsync(setting, program, peer, watch, gaps));
                }
            }

            foreach (var setting in Of("load", _loads))
            {
                foreach (var name in _names)
                {
                    await InPairAsync(setting, name, (pair, peer, program, watch) => LoadAsync(setting, program, watch));
                }
            }

            foreach (var setting in Of("flaps", _flaps))
            {
                await MeasureFlapsAsync(setting);
            }

            if (options.BfdParts.Contains("busy"))
            {
                await MeasureBusyAsync();
            }

            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bfd: round {round + 1} of {options.Rounds}"));
        }

        AddJudgements();
        if (options.BfdParts.Contains("busy"))
        {
            JudgeBusy();
        }
    }

    private BfdSetting[] Of(string part, BfdSetting[] settings) => options.BfdParts.Contains(part) ? settings : [];

    private static string Label(string name, string what, BfdSetting setting) => $"{name}: {what}, {setting}";

    internal static IDaemon Make(string name, BfdPair pair, BfdSetting setting) => name switch
    {
        "bird" => new BirdProgram(pair.A, setting, BfdPair.Own, BfdPair.Peer),
        "frr" => new FrrProgram(pair.A, setting),
        _ => new LoxiProgram(pair.A, setting, underPressure: name != "loxi"),
    };

    private static async Task InPairAsync(BfdSetting setting, string name, Func<BfdPair, BirdProgram, IDaemon, WireWatch, Task> measure)
    {
        await using BfdPair pair = new(setting.Sessions);
        using WireWatch watch = new(pair.A);
        BirdProgram peer = new(pair.B, setting, BfdPair.Peer, BfdPair.Own);
        var program = Make(name, pair, setting);
        await peer.StartAsync();
        await program.StartAsync();
        await UntilAsync(() => watch.UpCount == setting.Sessions, $"{name}: {setting} up");
        await measure(pair, peer, program, watch);
        await program.StopAsync();
        await peer.StopAsync();
    }

    /// <summary>The peer falls silent: from its last packet to the measured side's first Down, both as they pass the link.</summary>
    private async Task DetectAsync(BfdSetting setting, IDaemon program, BirdProgram peer, WireWatch watch, GapLog gaps)
    {
        var kills = 0;
        while (kills < Kills)
        {
            // Up for some intervals, so that both are at their pace.
            await Task.Delay(TimeSpan.FromMilliseconds(setting.DetectionMilliseconds * 2), TimeProvider.System);
            _ = gaps.TakeLongest();
            double? detection = null;
            peer.Signal(Stop);
            try
            {
                await UntilAsync(() => (detection = watch.Detection(0)) is not null || watch.UpCount == 0, $"{program.Name}: down");
            }
            finally
            {
                peer.Signal(Continue);
            }

            var gap = gaps.TakeLongest();
            await UntilAsync(() => watch.UpCount == setting.Sessions, $"{program.Name}: up again");
            if (detection is not { } measured)
            {
                // It had gone down by itself just before: that is counted among the flaps.
                continue;
            }

            kills++;
            var late = measured - setting.DetectionMilliseconds;
            report.Add(Label(program.Name, "detection later than 3 intervals", setting), "ms", late);
            // Beside a gap of the machine nobody can be in time: what counts is what is later than it.
            report.Add(Label(program.Name, WithoutGaps, setting), "ms", Math.Max(late - Math.Max(0, gap - 2), Math.Min(late, 0)));
        }
    }

    private async Task LoadAsync(BfdSetting setting, IDaemon program, WireWatch watch)
    {
        // A just-in-time compiler has its work in the first seconds, and so has the opening of the sessions.
        await Task.Delay(_settling, TimeProvider.System);
        var length = TimeSpan.FromSeconds(options.Seconds);
        var flaps = watch.Downs;
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        var before = program.Pids.Sum(ProcessUsage.CpuNanoseconds);
        await Task.Delay(length, clock);
        var used = program.Pids.Sum(ProcessUsage.CpuNanoseconds) - before;
        report.Add(Label(program.Name, "CPU", setting), "% of a core", 100 * used / clock.GetElapsedTime(start).TotalNanoseconds);
        report.Add(Label(program.Name, string.Create(CultureInfo.InvariantCulture, $"flaps in {options.Seconds} s"), setting), "", watch.Downs - flaps);
    }

    internal static async Task UntilAsync(Func<bool> condition, string what)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        while (!condition())
        {
            if (clock.GetElapsedTime(start) > _patience)
            {
                throw new InvalidOperationException($"bfd: '{what}' not seen within {_patience.TotalSeconds} s");
            }

            await Task.Delay(_step, clock);
        }
    }

    /// <summary>
    /// bgp-bfd.md section 2: the median of the detection within 1 ms of the better peer's and nine of ten within 1.1 times, CPU at most twice that of BIRD,
    /// flaps not more than BIRD's in the same rounds.
    /// </summary>
    private void AddJudgements()
    {
        foreach (var setting in Of("detection", _detections))
        {
            foreach (var name in new[] { "loxi", "loxi, full heap" })
            {
                var peers = new[] { "bird", "frr" };
                Bound($"{name}: median of the detection beyond the better peer's, {setting}", "ms", Median(name) - peers.Min(Median), 1);
                Bound($"{name}: nine of ten detections within so many times the better peer's, {setting}", "", Whole(name) / peers.Min(Whole), 1.1);
            }

            double Median(string name) => Statistics.Median(Samples(name));

            double Whole(string name) => setting.DetectionMilliseconds + Statistics.NineOfTen(Samples(name));

            IReadOnlyList<double> Samples(string name) => report.Samples(Label(name, WithoutGaps, setting));
        }

        foreach (var setting in Of("flaps", _flaps))
        {
            JudgeFlaps(setting);
        }

        foreach (var setting in Of("load", _loads))
        {
            report.AddRatio(Label("loxi", "CPU", setting), Label("bird", "CPU", setting), 2, 1);
            report.AddRatio(Label("frr", "CPU", setting), Label("bird", "CPU", setting), null, null);
        }
    }

    private void Bound(string row, string unit, double value, double limit)
    {
        report.Add(row, unit, value);
        report.AddBound(row, limit);
    }
}
