using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Scenarios;
using Loxi.TestKit.Traffic;

namespace Loxi.Benchmarks.Ha;

/// <content>
/// A pair under load for as long as is asked for: two busy loops for each node, a full table, 5,000 new connections a second, a forced full collection every 10 s.
/// Nothing happens to the nodes, so nothing may change. keepalived has a VIP of its own on the same hosts at the same time.
/// </content>
internal sealed partial class HaBench
{
    private const int LoopsOfANode = 2;
    private const int Connecting = 50;
    private const int RealTimePriority = 50;
    private static readonly TimeSpan _perConnection = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _betweenCollections = TimeSpan.FromSeconds(10);
    private static readonly IPAddress _keepalivedVip = IPAddress.Parse("192.168.80.210");
    private static readonly (TimeSpan Interval, bool RealTime)[] _loads = [(TimeSpan.FromMilliseconds(100), false), (TimeSpan.FromMilliseconds(50), true)];

    private async Task MeasureLoadsAsync()
    {
        // The native program has no port by which collections are asked for.
        var native = Environment.GetEnvironmentVariable("LOXID");
        Environment.SetEnvironmentVariable("LOXID", null);
        try
        {
            foreach (var (interval, isRealTime) in _loads)
            {
                await MeasureLoadAsync(interval, isRealTime);
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable("LOXID", native);
        }
    }

    private void JudgeLoads()
    {
        foreach (var (interval, isRealTime) in options.HaParts.Contains("load") ? _loads : [])
        {
            report.AddBound(LoadRow(interval, isRealTime, "role changes"), 0);
            report.AddBound(LoadRow(interval, isRealTime, "dead-man firings"), 0);
        }
    }

    private string LoadRow(TimeSpan interval, bool isRealTime, string what)
        => string.Create(CultureInfo.InvariantCulture, $"load for {options.Seconds} s, {interval.TotalMilliseconds:f0} ms x 3{(isRealTime ? ", real-time class" : "")}: {what}");

    private async Task MeasureLoadAsync(TimeSpan interval, bool isRealTime)
    {
        var entries = (int)options.Flows.Max();
        string[] flags =
        [
            string.Create(CultureInfo.InvariantCulture, $"--ha-interval={interval.TotalMilliseconds:f0}"),
            string.Create(CultureInfo.InvariantCulture, $"--max-connections={entries + 400_000}"),
            .. isRealTime ? [string.Create(CultureInfo.InvariantCulture, $"--ha-priority={RealTimePriority}")] : (string[])[],
        ];
        await using var lab = await ScenarioLab.CreateAsync(new()
        {
            Kind = ScenarioKind.FlatL2,
            PeerLink = true,
            ControllerRoles = false,
            NodeFlags = index => [.. ScenarioLab.PeerFlags(index), .. flags],
        });
        await lab.StartAsync();
        KeepalivedPeer[] keepalived = [.. lab.Nodes.Select(node => new KeepalivedPeer(node.Host, "eth0", _keepalivedVip, interval))];
        await keepalived[0].StartAsync();
        await keepalived[1].StartAsync();
        using var prober = ArpProber.Start(lab.Probe, "eth0", lab.Vip, lab.ProbeAddresses);
        using var beside = ArpProber.Start(lab.Probe, "eth0", _keepalivedVip, lab.ProbeAddresses);
        var master = lab.Nodes[await SettledAsync(lab, prober, "loxi")];
        _ = await SettledAsync(lab, beside, "keepalived");
        var fill = new EntryFill(lab);
        await using var server = await fill.PrepareAsync();
        await fill.RunAsync(master, entries);
        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ha: {entries} connections sent to {master.Name}"));

        List<LabProcess> loops = [];
        foreach (var node in lab.Nodes)
        {
            loops.AddRange(Enumerable.Range(0, LoopsOfANode).Select(_ => node.Host.Start("busy", "/bin/sh", "-c", "while :; do :; done")));
        }

        ForcedCollections[] collections = [.. lab.Nodes.Select(static node => ForcedCollections.Start(node.Daemon.Pid, _betweenCollections))];
        await using var http = Load.StartHttp(lab.Client, new() { Target = lab.Web, Connections = Connecting, KeepAlive = false, Interval = _perConnection, Timeout = TimeSpan.FromSeconds(5) });
        var (before, begin) = (lab.Nodes.Select(static node => node.Daemon.Lines.Count).ToArray(), LabClock.Now);
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds), TimeProvider.System);
        var end = LabClock.Now;
        var answered = http.Report.Answered;
        string[] metrics = [await lab.Nodes[0].ReadMetricsAsync(), await lab.Nodes[1].ReadMetricsAsync()];
        Add("new connections a second", "", answered / (end - begin).TotalSeconds);
        Add("connections in the table of the master", "", Metric(metrics[master.Index], "loxi_nat_connections"));
        Add("forced collections of both nodes", "", collections.Sum(static one => one.Count));
        foreach (var one in collections)
        {
            await one.DisposeAsync();
        }

        foreach (var loop in loops)
        {
            await loop.KillAsync();
        }

        string[] told = [.. lab.Nodes.SelectMany(node => node.Daemon.Lines.Skip(before[node.Index]).Where(static line => line.Contains(" went from ", StringComparison.Ordinal)))];
        var (owners, others) = (prober.Read().Within(begin, end), beside.Read().Within(begin, end));
        Add("role changes", "", told.Length);
        Add("dead-man firings", "", told.Count(static line => line.Contains(": Paused", StringComparison.Ordinal)));
        Add("greatest lateness of the thread of roles", "ms", metrics.Max(static one => Metric(one, "loxi_ha_lateness_max_seconds")) * 1000);
        Add("nobody answers", "ms", owners.Silent.TotalMilliseconds);
        Add("two answer", "ms", owners.Shared.TotalMilliseconds);
        Add("the prober itself stood still", "ms", owners.Unknown.TotalMilliseconds);
        Add("keepalived beside it, changes of the owner", "", Math.Max(0, others.Changes.Count - 1));
        Add("keepalived beside it, nobody answers", "ms", others.Silent.TotalMilliseconds);
        foreach (var line in told)
        {
            progress.WriteLine($"ha: {line}");
        }

        foreach (var one in keepalived)
        {
            await one.KillAsync();
        }

        void Add(string what, string unit, double value) => report.Add(LoadRow(interval, isRealTime, what), unit, value);
    }

    private static double Metric(string metrics, string name)
        => Regex.Matches(metrics, $@"^{name}(\{{.*\}})? ([0-9.e+-]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)
            .Sum(static match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
}
