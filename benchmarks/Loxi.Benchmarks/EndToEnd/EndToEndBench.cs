using System.Globalization;
using System.Text.Json.Nodes;
using Loxi.Benchmarks.Reports;

namespace Loxi.Benchmarks.EndToEnd;

/// <summary>Requests, connections, round trips and bulk data from the client to the endpoints, through one peer after the other in every round.</summary>
internal sealed class EndToEndBench(BenchOptions options, Report report, IReadOnlyList<IPeer> peers, TextWriter progress)
{
    private const int Connections = 48;
    private const int RoundTrips = 20_000;

    internal async Task RunAsync()
    {
        using CpuMeter meter = new();
        progress.WriteLine($"e2e: CPU time of the {meter.Source}");
        await using var lab = await LoadLab.CreateAsync();
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var peer in peers)
            {
                await peer.StartAsync(lab);
                try
                {
                    await MeasureAsync(lab, peer, meter);
                }
                finally
                {
                    await peer.StopAsync(lab);
                }

                progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"e2e {peer.Name}: round {round + 1} of {options.Rounds}"));
            }
        }

        AddRatios();
    }

    private static string Label(string peer, string what) => $"{peer}: {what}";

    private async Task MeasureAsync(LoadLab lab, IPeer peer, CpuMeter meter)
    {
        await WrkAsync(lab, peer, meter, "request", "requests/s", []);
        await WrkAsync(lab, peer, meter, "connection", "connections/s", ["-H", "Connection: close"]);
        // Client, balancer and server on one CPU: the length of the path, without the wake-up of another CPU.
        var (address, port) = peer.Target(LoadService.Ping);
        var line = (await RunAsync(lab, "ping-client", "taskset", "-c", "0", Environment.ProcessPath!, "ping-client", address, Text(port), Text(RoundTrips))).Split(' ');
        Add("round trip p50", "us", Number(line[1]));
        Add("round trip p99", "us", Number(line[2]));
        (address, port) = peer.Target(LoadService.Bulk);
        var json = JsonNode.Parse(await RunAsync(lab, "iperf3", "iperf3", "-c", address, "-p", Text(port), "-t", Text(options.Seconds), "-P", "2", "-J"))!;
        Add("bulk", "Gbit/s", json["end"]!["sum_received"]!["bits_per_second"]!.GetValue<double>() / 1e9);

        void Add(string what, string unit, double sample) => report.Add(Label(peer.Name, what), unit, sample);
    }

    private async Task WrkAsync(LoadLab lab, IPeer peer, CpuMeter meter, string what, string rate, string[] more)
    {
        var (address, port) = peer.Target(LoadService.Http);
        string[] spread = peer is DirectPeer ? ["-s", WriteSpread(lab)] : [];
        var before = meter.Microseconds();
        var text = await RunAsync(
            lab, "wrk", "wrk",
            ["-t3", $"-c{Text(Connections)}", $"-d{Text(options.Seconds)}s", "--latency", "--timeout", "10s", .. more, .. spread, $"http://{address}:{Text(port)}/"]);
        var spent = meter.Microseconds() - before;
        var result = WrkResult.Parse(text);
        report.Add(Label(peer.Name, rate), "1/s", result.PerSecond);
        report.Add(Label(peer.Name, $"CPU per {what}"), "us", spent / result.Requests);
        report.Add(Label(peer.Name, $"{what} p50"), "us", result.P50);
        report.Add(Label(peer.Name, $"{what} p99"), "us", result.P99);
        report.Add(Label(peer.Name, $"{what} errors"), "", result.Errors);
    }

    /// <summary>A thread of wrk for every endpoint, as a balancer would spread them.</summary>
    private static string WriteSpread(LoadLab lab)
    {
        var file = Path.Combine(lab.Directory, "spread.lua");
        var targets = string.Join(", ", LoadService.Http.Targets(":").Select(target => $"\"{target}\""));
        File.WriteAllText(file, $$"""
            local targets = { {{targets}} }
            local n = 0
            function setup(thread)
              n = n % #targets + 1
              local host, port = targets[n]:match("(.+):(%d+)")
              thread.addr = wrk.lookup(host, port)[1]
            end
            """);
        return file;
    }

    private async Task<string> RunAsync(LoadLab lab, string name, string file, params string[] arguments)
    {
        await using var process = lab.Client.Start(name, file, arguments);
        var exit = await process.Completion.WaitAsync(TimeSpan.FromSeconds((options.Seconds * 2) + 60));
        var text = string.Join('\n', process.Lines);
        return exit == 0 ? text : throw new InvalidOperationException($"{name} ended with {exit}:\n{text}");
    }

    private void AddRatios()
    {
        foreach (var peer in peers.Where(peer => peer is not DirectPeer).Select(peer => peer.Name))
        {
            var judged = peer == "loxi";
            Ratio(peer, "direct", "CPU per request", judged ? 1.15 : null);
            Ratio(peer, "direct", "CPU per connection", judged ? 1.35 : null);
            Ratio(peer, "direct", "round trip p50", null);
            Ratio(peer, "direct", "bulk", null);
        }

        Ratio("loxi", "nftables", "CPU per connection", 1);

        void Ratio(string of, string by, string what, double? gate) => report.AddRatio(Label(of, what), Label(by, what), gate, gate);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
