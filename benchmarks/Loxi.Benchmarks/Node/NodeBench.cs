using System.Globalization;
using Loxi.Benchmarks.Reports;

namespace Loxi.Benchmarks.Node;

/// <summary>Start with many services, a change among many, and what a node costs that has nothing to do.</summary>
internal sealed class NodeBench(BenchOptions options, Report report, string program, TextWriter progress)
{
    private const int Services = 10_000;
    private const int Changes = 100;

    private static readonly ServiceSet[] _sets =
    [
        new("no services", 0, Hash: false, 1),
        new("10,000 rr", Services, Hash: false, Services),
        new("10,000 hash", Services, Hash: true, 100),
    ];

    internal async Task RunAsync()
    {
        await using var node = await NodeUnderTest.CreateAsync(program);
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var set in _sets)
            {
                await MeasureAsync(node, set);
                progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"node, {set.Name}: round {round + 1} of {options.Rounds}"));
            }
        }

        foreach (var set in _sets)
        {
            report.AddBound($"{set.Name}: start to ready", 2000);
            report.AddBound($"{set.Name}: change, p99", 20);
            report.AddBound($"{set.Name}: memory", 120);
            report.AddBound($"{set.Name}: idle CPU", 1);
        }
    }

    private async Task MeasureAsync(NodeUnderTest node, ServiceSet set)
    {
        set.WriteState(node.StateDirectory);
        try
        {
            var (start, loading) = await node.StartAsync();
            Add("start to ready", "ms", start.TotalMilliseconds);
            Add("load to ready", "ms", loading.TotalMilliseconds);
            // What another load on the machine does not stretch.
            Add("start to ready, CPU time", "ms", node.CpuMilliseconds());
            using var tables = node.OpenTables();
            Require(tables.CountServices() == set.Count, $"{set.Count} services in the tables of a node that is ready, there are {tables.CountServices()}");
            Add("CPU in the first seconds", "%", await node.CpuPercentAsync(TimeSpan.FromSeconds(options.Seconds)));
            Add("memory", "MiB", node.ResidentMiB());
            Add("idle CPU", "%", await node.CpuPercentAsync(TimeSpan.FromSeconds(2 * options.Seconds)));
            await ChangeAsync(node, set, tables);
            Add("memory after changes", "MiB", node.ResidentMiB());
        }
        finally
        {
            await node.StopAsync();
        }

        void Add(string what, string unit, double sample) => report.Add($"{set.Name}: {what}", unit, sample);
    }

    private async Task ChangeAsync(NodeUnderTest node, ServiceSet set, PinnedTables tables)
    {
        List<double> times = [];
        for (var i = 0; i < Changes; i++)
        {
            times.Add((await node.PostAsync(set.Change(i))).TotalMilliseconds);
            Require(tables.Serves(ServiceSet.Vip(0), ServiceSet.Fresh(i)), $"endpoint {ServiceSet.Fresh(i)} in the tables when the change is answered");
        }

        // The first change of a process is an experience of its own.
        report.Add($"{set.Name}: change, first", "ms", times[0]);
        times.Sort();
        report.Add($"{set.Name}: change, median", "ms", Statistics.Median(times));
        report.Add($"{set.Name}: change, p99", "ms", times[(int)(times.Count * 0.99) - 1]);
    }

    private static void Require(bool condition, string expectation)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"expected {expectation}");
        }
    }
}
