using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Scenarios;

namespace Loxi.Benchmarks.Ha;

/// <content>
/// A full table that two nodes keep alike for as long as is asked for, first with nothing that changes, then with 5,000 new connections a second and as many that
/// end: anti-entropy may find nothing to send again, and may take little.
/// </content>
internal sealed partial class HaBench
{
    private const int EndedAfterSeconds = 180;

    private async Task MeasureHoldAsync()
    {
        var entries = (int)options.Flows.Max();
        await using var pair = await SyncPair.StartAsync(entries + (NewPerSecond * Math.Min(options.Seconds, EndedAfterSeconds)) + NewPerSecond);
        var (pins, own) = pair.Open(pair.Master);
        var (_, other) = pair.Open(pair.Backup);
        using FlowSender held = new(pair.Lab, pair.Master, SyncPair.LongPort);
        using FlowSender flows = new(pair.Lab, pair.Master, SyncPair.ShortPort);
        using var maker = await LikeAsync(held, pins, own);
        await Task.Run(() => maker.Make(0, entries));
        await UntilAsync(() => other.TryLookup(maker.Key(entries - 1), out _), "the last entry in the other node's table");
        await SettleAsync(pair);
        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ha: {entries} connections are kept alike"));

        var resent = await ResentAsync(pair);
        var idle = await ShareAsync(pair, () => Task.Delay(TimeSpan.FromSeconds(options.Seconds), TimeProvider.System));
        report.Add(HoldRow("nothing new: anti-entropy, the node that serves"), "% of a CPU", idle[pair.Master.Index]);
        report.Add(HoldRow("nothing new: anti-entropy, the other node"), "% of a CPU", idle[pair.Backup.Index]);
        var busy = await ShareAsync(pair, () => MeasureLagAsync(pair, HoldRow(string.Create(CultureInfo.InvariantCulture, $"{NewPerSecond} new connections a second")), flows, own, other));
        report.Add(HoldRow("under them: the thread of sync, the node that serves"), "% of a CPU", busy[pair.Master.Index]);
        report.Add(HoldRow("under them: the thread of sync, the other node"), "% of a CPU", busy[pair.Backup.Index]);
        await SettleAsync(pair);
        await pair.RequireRolesAsync();
        report.Add(HoldRow("records sent again by anti-entropy"), "", await ResentAsync(pair) - resent);
    }

    private void JudgeHold()
    {
        if (options.HaParts.Contains("hold"))
        {
            report.AddBound(HoldRow("records sent again by anti-entropy"), 0);
            report.AddBound(HoldRow("nothing new: anti-entropy, the node that serves"), 2);
            report.AddBound(HoldRow("nothing new: anti-entropy, the other node"), 2);
        }
    }

    private string HoldRow(string what) => string.Create(CultureInfo.InvariantCulture, $"hold {options.Flows.Max()} for {options.Seconds} s, {what}");

    /// <summary>What the thread of the sync engine takes while something is done, per cent of a CPU for each node.</summary>
    private static async Task<double[]> ShareAsync(SyncPair pair, Func<Task> act)
    {
        var clock = TimeProvider.System;
        double[] before = [.. pair.Lab.Nodes.Select(Spent)];
        var begin = clock.GetTimestamp();
        await act();
        var time = clock.GetElapsedTime(begin).TotalNanoseconds;
        return [.. pair.Lab.Nodes.Select(node => (Spent(node) - before[node.Index]) / time * 100)];

        static double Spent(ScenarioNode node) => ProcessCpu.Nanoseconds(node.Daemon.Pid, SyncThread);
    }

    private static async Task<long> ResentAsync(SyncPair pair) => (await Task.WhenAll(pair.Lab.Nodes.Select(SyncPair.ReadResentAsync))).Sum();
}
