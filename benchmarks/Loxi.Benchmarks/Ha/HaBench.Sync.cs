using System.Diagnostics;
using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.Benchmarks.Reports;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Nat.Tables;

namespace Loxi.Benchmarks.Ha;

/// <content>
/// Connections that two nodes keep alike, by the tables of their kernels: how long it takes until a new one is in the other's, how many go there in a second and
/// what that costs, and how long a node takes that comes without any.
/// </content>
internal sealed partial class HaBench
{
    private const int NewPerSecond = 5_000;
    private const int Burst = 200_000;
    private const int Joined = 100_000;

    // The one before it is what others are made like.
    private const int FirstLag = 1;
    private const double ThousandsPerSecond = 150;
    private const double LagGoal = 20;
    private const string SyncThread = "Loxi.Ha sync";
    private static readonly TimeSpan _together = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _lost = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _all = TimeSpan.FromSeconds(60);
    private static readonly string _lagRow = string.Create(CultureInfo.InvariantCulture, $"sync: lag at {NewPerSecond} new connections a second");
    private static readonly string _burstRow = string.Create(CultureInfo.InvariantCulture, $"sync: {Burst} new connections at once");
    private static readonly string _joinRow = string.Create(CultureInfo.InvariantCulture, $"sync: a node that comes again, {Joined} connections");

    private async Task MeasureSyncAsync()
    {
        await using var pair = await SyncPair.StartAsync(Burst + Joined + (2 * NewPerSecond * options.Seconds));
        var (pins, own) = pair.Open(pair.Master);
        using FlowSender flows = new(pair.Lab, pair.Master, SyncPair.LongPort);
        using var maker = await LikeAsync(flows, pins, own);
        await Task.Run(() => maker.Make(0, Joined));
        await SettleAsync(pair);
        await MeasureJoinAsync(pair, maker);
        var (_, other) = pair.Open(pair.Backup);
        await MeasureLagAsync(pair, _lagRow, flows, own, other);
        await MeasureBurstAsync(pair, maker, other);
    }

    /// <summary>What makes connections like the one that is opened for it.</summary>
    private static async Task<EntryMaker> LikeAsync(FlowSender flows, PinDirectory pins, TypedMap<RawFlowKey4, RawFlow> own)
    {
        flows.Ask(0);
        flows.Answer();
        await UntilAsync(() => own.TryLookup(flows.Key(0), out var flow) && flow.State == (byte)RawFlowState.TwoWay, "the entry of a connection in the table of the node that serves");
        return new(pins, own, flows.Key(0));
    }

    private void JudgeSync()
    {
        if (!options.HaParts.Contains("sync"))
        {
            return;
        }

        report.AddBound($"{_lagRow}, p99", LagGoal);
        report.AddBound($"{_lagRow}, not there", 0);
        report.AddLeast($"{_burstRow}, a second", ThousandsPerSecond);
        report.AddBound($"{_burstRow}, CPU of both nodes for one", 15);
        report.AddBound($"{_burstRow}, left for a takeover", 0);
        report.AddBound($"{_joinRow}: from its start to ready", 3000);
    }

    /// <summary>Opens connections at a rate, and looks for each in the other's table. A look a millisecond: that much too long is what is found.</summary>
    private async Task MeasureLagAsync(SyncPair pair, string row, FlowSender flows, TypedMap<RawFlowKey4, RawFlow> own, TypedMap<RawFlowKey4, RawFlow> other)
    {
        List<double> lags = [];
        List<(int Number, TimeSpan At, double Lag)> late = [];
        var time = TimeSpan.FromSeconds(options.Seconds);
        var (missing, unmade, sent, elapsed) = await Task.Factory.StartNew(
            () =>
            {
                // Question and answer on one CPU: else the answer may be first.
                Libc.Pin(options.Cpu);
                return Watch();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Tell(row, late);
        report.Add($"{row}, opened a second", "", sent / elapsed.TotalSeconds);
        report.Add($"{row}, p50", "ms", Statistics.Median(lags));
        report.Add($"{row}, p99", "ms", Statistics.NinetyNineOfHundred(lags));
        report.Add($"{row}, longest", "ms", lags.Max());
        report.Add($"{row}, not there", "", missing);
        report.Add($"{row}, their packets lost", "", unmade);
        await pair.RequireRolesAsync();

        (int Missing, int Unmade, int Sent, TimeSpan Elapsed) Watch()
        {
            List<(int Number, RawFlowKey4 Key, long Since)> waiting = [];
            var (begin, number, lost, unmade) = (Stopwatch.GetTimestamp(), FirstLag, 0, 0);
            var opening = TimeSpan.Zero;
            while (true)
            {
                var now = Stopwatch.GetElapsedTime(begin);
                for (var due = now < time ? FirstLag + (int)(now.TotalSeconds * NewPerSecond) : number; number < due; number++)
                {
                    flows.Ask(number);
                    waiting.Add((number, flows.Key(number), Stopwatch.GetTimestamp()));
                    flows.Answer();
                    opening = now;
                }

                foreach (var one in waiting.Where(static one => Stopwatch.GetElapsedTime(one.Since) > _lost))
                {
                    // Of a connection that the node itself does not have, or without its answer, nothing is to be told.
                    var isMade = own.TryLookup(one.Key, out var flow) && flow.State == (byte)RawFlowState.TwoWay;
                    (lost, unmade) = isMade ? (lost + 1, unmade) : (lost, unmade + 1);
                    late.Add((one.Number, Stopwatch.GetElapsedTime(begin, one.Since), double.PositiveInfinity));
                }

                waiting.RemoveAll(static one => Stopwatch.GetElapsedTime(one.Since) > _lost);
                waiting.RemoveAll(one =>
                {
                    var isThere = other.TryLookup(one.Key, out _);
                    if (isThere)
                    {
                        lags.Add(Stopwatch.GetElapsedTime(one.Since).TotalMilliseconds);
                        if (lags[^1] > LagGoal)
                        {
                            late.Add((one.Number, Stopwatch.GetElapsedTime(begin, one.Since), lags[^1]));
                        }
                    }

                    return isThere;
                });
                if (now >= time && waiting.Count == 0)
                {
                    return lags.Count > 0 ? (lost, unmade, number - FirstLag, opening) : throw new InvalidOperationException($"{row}: none of {number} connections came to the other node");
                }

                Thread.Sleep(1);
            }
        }
    }

    /// <summary>Says when those were opened that were late or did not come: one stretch of them is one cause.</summary>
    private void Tell(string row, List<(int Number, TimeSpan At, double Lag)> late)
    {
        late.Sort();
        for (var i = 0; i < late.Count;)
        {
            var from = i++;
            while (i < late.Count && late[i].At - late[i - 1].At < _together)
            {
                i++;
            }

            var stretch = late[from..i];
            progress.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"ha: {row}: {stretch.Count} from {stretch[0].At.TotalSeconds:f3} s to {stretch[^1].At.TotalSeconds:f3} s came late, at most {stretch.Where(static one => double.IsFinite(one.Lag)).Select(static one => one.Lag).DefaultIfEmpty().Max():f0} ms, or not at all ({stretch.Count(static one => !double.IsFinite(one.Lag))})"));
        }
    }

    /// <summary>As many as the node reads of its programs: from the first one to the last in the other's table.</summary>
    private async Task MeasureBurstAsync(SyncPair pair, EntryMaker maker, TypedMap<RawFlowKey4, RawFlow> other)
    {
        await SettleAsync(pair);
        double[] before = [Cpu(pair, 0), Cpu(pair, 1)];
        var begin = Stopwatch.GetTimestamp();
        var making = Task.Run(() => maker.Make(Joined, Burst));
        var seen = 0;
        TimeSpan came = default;
        while (seen < Burst && Stopwatch.GetElapsedTime(begin) < _all)
        {
            // The last one first: to look for all of them takes a share of the CPUs.
            if (seen > 0 || other.TryLookup(maker.Key(Joined + Burst - 1), out _))
            {
                came = Stopwatch.GetElapsedTime(begin);
                while (seen < Burst && other.TryLookup(maker.Key(Joined + seen), out _))
                {
                    seen++;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        await making;
        await SettleAsync(pair);
        await pair.RequireRolesAsync();
        double[] spent = [Cpu(pair, 0) - before[0], Cpu(pair, 1) - before[1]];
        report.Add($"{_burstRow}, a second", "1000/s", Burst / came.TotalSeconds / 1000);
        report.Add($"{_burstRow}, CPU of both nodes for one", "us", spent.Sum() / Burst / 1000);
        report.Add($"{_burstRow}, of it of the node that serves", "us", spent[pair.Master.Index] / Burst / 1000);
        report.Add($"{_burstRow}, left for a takeover", "", Burst - seen);
    }

    /// <summary>The other node dies, with all that its machine had, and comes again.</summary>
    private async Task MeasureJoinAsync(SyncPair pair, EntryMaker maker)
    {
        var node = pair.Backup;
        _ = await node.Daemon.KillAsync();
        await node.PurgeAsync();
        var begin = Stopwatch.GetTimestamp();
        await pair.StartAsync(node);
        report.Add($"{_joinRow}: from its start to its ready line", "ms", Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        await pair.ReadyAsync();
        report.Add($"{_joinRow}: from its start to ready", "ms", Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        var (_, table) = pair.Open(node);
        report.Add($"{_joinRow}: not there", "", Enumerable.Range(0, Joined).Count(number => !table.TryLookup(maker.Key(number), out _)));
    }

    /// <summary>Waits until nothing waits to be sent: what comes then is not what was before.</summary>
    private static async Task SettleAsync(SyncPair pair)
    {
        await pair.ReadyAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
    }

    private static double Cpu(SyncPair pair, int index) => ProcessCpu.Nanoseconds(pair.Lab.Nodes[index].Daemon.Pid);
}
