using System.Globalization;
using System.Net;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Scenarios;
using Loxi.TestKit.Traffic;

namespace Loxi.Benchmarks.Ha;

/// <content>
/// Planned moves of a VIP group in the middle of traffic, on the segment of scenario 1, there and back: connections that are used on and on, new ones, and datagrams.
/// Seen by the clients.
/// </content>
internal sealed partial class HaBench
{
    private const int Transfers = 10_000;
    private const int DatagramsPerSecond = 10_000;
    private const int Connectors = 3;
    private const string Switchover = "/loxi/v1/ha/groups/llb-inst0/switchover";
    private static readonly TimeSpan _connecting = TimeSpan.FromMilliseconds(1.4);
    private static readonly TimeSpan _around = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longestRun = TimeSpan.FromMinutes(3);
    private static readonly string _movesRow = string.Create(CultureInfo.InvariantCulture, $"planned move, {Transfers} transfers: ");

    private async Task MeasureMovesAsync()
    {
        await using var pair = await SyncPair.StartAsync(200_000);
        await using var kept = await KeptConnections.OpenAsync(pair.Lab.Client, pair.Lab.Echo, Transfers);
        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ha: {Transfers} transfers go by {pair.Master.Name}"));
        await pair.ReadyAsync();
        List<Move> moves = [];
        for (var i = 0; i < 2; i++)
        {
            moves.Add(await MeasureMoveAsync(pair, kept));
        }

        report.Add(_movesRow + "new connections a second", "", moves.Average(static move => move.Connected));
        report.Add(_movesRow + "datagrams a second", "", moves.Average(static move => move.Datagrams));
        report.Add(_movesRow + "from the call to its answer", "ms", moves.Max(static move => move.Took.TotalMilliseconds));
        report.Add(_movesRow + "longest gap of new connections", "ms", moves.Max(static move => move.ConnectGap.TotalMilliseconds));
        report.Add(_movesRow + "new connections that failed", "", moves.Sum(static move => move.Failed));
        report.Add(_movesRow + "of new connections nothing is known, the prober stood still", "ms", moves.Max(static move => move.Unknown.TotalMilliseconds));
        report.Add(_movesRow + "longest gap of datagrams", "ms", moves.Max(static move => move.DatagramGap.TotalMilliseconds));
        report.Add(_movesRow + "longest gap of datagrams, the same time before", "ms", moves.Max(static move => move.GapBefore.TotalMilliseconds));
        report.Add(_movesRow + "datagrams lost", "", moves.Sum(static move => move.Lost));
        report.Add(_movesRow + "transfers lost", "", moves.Sum(static move => move.Kept.Opened - move.Kept.Alive));
        report.Add(_movesRow + "RST", "", moves.Sum(static move => move.Kept.Reset + move.Reset));
        report.Add(_movesRow + "longest wait of a transfer", "ms", moves.Max(static move => move.Kept.LongestWait.TotalMilliseconds));
    }

    private void JudgeMoves()
    {
        if (options.HaParts.Contains("moves"))
        {
            report.AddBound(_movesRow + "longest gap of new connections", 20);
            report.AddBound(_movesRow + "new connections that failed", 0);
            report.AddBound(_movesRow + "longest gap of datagrams", 20);
            report.AddBound(_movesRow + "datagrams lost", 0);
            report.AddBound(_movesRow + "transfers lost", 0);
            report.AddBound(_movesRow + "RST", 0);
        }
    }

    private async Task<Move> MeasureMoveAsync(SyncPair pair, KeptConnections kept)
    {
        using DatagramStream datagrams = new(pair.Lab, SyncPair.FullNatPort, DatagramsPerSecond, _longestRun);
        NewConnectionProber[] connects = [.. Enumerable.Range(0, Connectors).Select(_ => NewConnectionProber.Start(pair.Lab.Client, pair.Lab.Echo, _connecting))];
        await UntilAsync(() => datagrams.Back > 0, "the first datagram that came back");
        await Task.Delay(2 * _around, TimeProvider.System);

        var old = pair.Master;
        var (failures, begin) = (Failures(), LabClock.Now);
        var (status, text) = await old.SendAsync(HttpMethod.Put, Switchover, "{}");
        var took = LabClock.Now - begin;
        if (status != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"{old.Name} refuses to give its role away: {status} {text}");
        }

        await Task.Delay(_around, TimeProvider.System);
        var end = LabClock.Now;
        var count = await kept.CountAsync(begin, took + _around);
        var (before, during) = (datagrams.Read(begin - (end - begin), begin), datagrams.Read(begin, end));
        OwnerTimeline[] timelines = [.. connects.Select(one => one.Read().Within(begin, end))];
        var after = Failures();
        foreach (var one in connects)
        {
            await one.DisposeAsync();
        }

        await pair.ReadyAsync();
        foreach (var (kind, number) in after.Where(one => one.Value > failures.GetValueOrDefault(one.Key)))
        {
            progress.WriteLine($"ha: planned move: {number - failures.GetValueOrDefault(kind)} connections: {kind}");
        }

        return new(
            took,
            timelines.Sum(static one => one.Probes) / (end - begin).TotalSeconds,
            during.Sent / (end - begin).TotalSeconds,
            timelines.Max(static one => one.LongestSilence),
            timelines.Max(static one => one.Unknown),
            after.Values.Sum() - failures.Values.Sum(),
            Resets(after) - Resets(failures),
            during.Gap,
            before.Gap,
            during.Lost,
            count);

        Dictionary<ErrorKind, long> Failures() => connects.SelectMany(static one => one.Failures).GroupBy(static one => one.Key).ToDictionary(static kind => kind.Key, static kind => kind.Sum(static one => one.Value));

        static long Resets(Dictionary<ErrorKind, long> failures) => failures.GetValueOrDefault(ErrorKind.Reset) + failures.GetValueOrDefault(ErrorKind.Refused);
    }

    private sealed record Move(
        TimeSpan Took, double Connected, double Datagrams, TimeSpan ConnectGap, TimeSpan Unknown, long Failed, long Reset, TimeSpan DatagramGap, TimeSpan GapBefore, int Lost, KeptReport Kept);
}
