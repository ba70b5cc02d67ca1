using System.Globalization;
using System.Text.RegularExpressions;
using Loxi.Benchmarks.Interop;
using Loxi.Benchmarks.Reports;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat;
using Loxi.Nat.Connections;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Interfaces;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Connections;

/// <summary>
/// What a connection costs on its way out and in through <see cref="IConnectionTable"/>: CPU time of the one thread that does it. Import and floor
/// take turns in short pieces.
/// </summary>
internal sealed partial class ConnectionBench(BenchOptions options, Report report, TextWriter progress)
{
    private const int Count = 250_000;
    private const int Turns = 25;
    private const int Piece = Count / Turns;
    /// <summary>Fewer than fit into the ring, so that none is lost while the thread that reads it waits for the CPU.</summary>
    private const int Changes = 8_000;
    private const double NanosecondsOfExport = 1_000;
    /// <summary>350,000 connections a second.</summary>
    private const double NanosecondsOfImport = 1e9 / 350_000;
    /// <summary>0.7 of what the floor does.</summary>
    private const double OfTheFloor = 1 / 0.7;
    private const string PinPath = "/sys/fs/bpf/loxi-bench";

    internal async Task RunAsync()
    {
        await using var lab = Lab.Create();
        lab.AddHost("node").Run(() => RunOnNode().GetAwaiter().GetResult());
        foreach (var family in (int[])[4, 6])
        {
            report.AddRatio(Label(family, "import"), Label(family, "floor"), null, OfTheFloor);
            report.AddBound(Label(family, "import"), Math.Max(NanosecondsOfImport, OfTheFloor * report.Median(Label(family, "floor"))));
            report.AddBound(Label(family, "export"), NanosecondsOfExport);
            report.AddBound(Label(family, "change"), NanosecondsOfExport);
        }
    }

    private static string Label(int family, string what) => string.Create(CultureInfo.InvariantCulture, $"connection IPv{family}, {what}");

    private async Task RunOnNode()
    {
        Libc.Pin(options.Cpu);
        NatOptions sizes = new() { PinPath = PinPath, MaxConnections = Count + (Count / 4), MaxServices = 64, MaxEndpoints = 256 };
        ConnectionSet[] sets = [new(4, Count), new(6, Count)];
        using PairFloor floor = new(sizes.MaxConnections * 2);
        await using var balancer = NatBalancer.Open(sizes);
        try
        {
            await balancer.ApplyAsync(ServiceModel.Create(sets.Select(set => set.Service)));
            // On no interface: only the threads that read what the programs report.
            balancer.Start(new InterfacePolicy { Whitelist = Nothing() });
            for (var round = 0; round < options.Rounds; round++)
            {
                foreach (var set in sets)
                {
                    Import(balancer.Connections, set, floor);
                    Export(balancer.Connections, set);
                    Tell(balancer.Connections, set);
                    Add(set, "deletion", Run(balancer.Connections, set.Deletions, ConnectionImportResult.Deleted) / Count);
                    floor.Clear(set.Family);
                }

                progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"connections: round {round + 1} of {options.Rounds}"));
            }
        }
        finally
        {
            balancer.Purge();
        }
    }

    private void Import(ConnectionTable table, ConnectionSet set, PairFloor floor)
    {
        double least = 0, spent = 0;
        for (var turn = 0; turn < Turns; turn++)
        {
            least += floor.Insert(set.Family, (uint)(turn * Piece), Piece);
            spent += Run(table, set.Records.AsSpan(turn * Piece, Piece), ConnectionImportResult.Inserted);
        }

        Add(set, "floor", least / Count);
        Add(set, "import", spent / Count);
    }

    private void Export(ConnectionTable table, ConnectionSet set)
    {
        var records = new ConnectionRecord[4096];
        using var reader = table.CreateReader();
        var read = 0;
        var before = Libc.ThreadCpuNanoseconds();
        for (var count = reader.Read(records); count > 0; count = reader.Read(records))
        {
            read += count;
        }

        var spent = Libc.ThreadCpuNanoseconds() - before;
        Require(read, Count, "connections read");
        Add(set, "export", (double)spent / Count);
    }

    /// <summary>Connections that give way to others are told.</summary>
    private void Tell(ConnectionTable table, ConnectionSet set)
    {
        using EventCounter counter = new(Changes);
        table.Changed += counter.OnChange;
        ConnectionRecord[] others = [.. Enumerable.Range(0, Changes).Select(i => set.Record(i, 1, 2))];
        _ = Run(table, others, ConnectionImportResult.Inserted);
        Add(set, "change", counter.Take());
        table.Changed -= counter.OnChange;
        for (var i = 0; i < Changes; i++)
        {
            set.Deletions[i] = others[i] with { Operation = ConnectionOperation.Delete };
        }
    }

    /// <summary>CPU time in ns.</summary>
    private static double Run(ConnectionTable table, ReadOnlySpan<ConnectionRecord> records, ConnectionImportResult expected)
    {
        var outcomes = new ConnectionImportOutcome[records.Length];
        var before = Libc.ThreadCpuNanoseconds();
        table.Import(records, outcomes);
        var spent = Libc.ThreadCpuNanoseconds() - before;
        Require(outcomes.Count(outcome => outcome.Result == expected), records.Length, $"records {expected}");
        return spent;
    }

    private void Add(ConnectionSet set, string what, double nanoseconds)
    {
        report.Add(Label(set.Family, what), "ns", nanoseconds);
        report.Add(Label(set.Family, $"{what}, rate"), "1000/s", 1e6 / nanoseconds);
    }

    private static void Require(int actual, int expected, string what)
    {
        if (actual != expected)
        {
            throw new InvalidOperationException($"{actual} {what}, expected {expected}");
        }
    }

    [GeneratedRegex("^$")]
    private static partial Regex Nothing();
}
