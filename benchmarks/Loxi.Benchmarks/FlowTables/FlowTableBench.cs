using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.Benchmarks.Packets;
using Loxi.Benchmarks.Reports;
using Loxi.Ebpf.Native.Maps;

namespace Loxi.Benchmarks.FlowTables;

/// <summary>What connections cost while no packet comes: memory, the passes over them, and loading the programs.</summary>
internal sealed class FlowTableBench(BenchOptions options, Report report, TextWriter progress)
{
    private const double BytesOfConnection = 450;
    /// <summary>0.12 s for a million entries where looking at each takes 79 ns; the CPU is not equally fast from one minute to the next, the ratio holds.</summary>
    private const double SweepOfTheFloor = 1.52;
    /// <summary>2M entries a second.</summary>
    private const double NanosecondsOfDump = 500;
    private const double MicrosecondsOfDelay = 5_000;
    private const double MillisecondsOfLoad = 1_000;
    private const double Instructions = 200_000;
    private static readonly TimeSpan _delayTime = TimeSpan.FromSeconds(1);

    internal async Task RunAsync()
    {
        await using var lab = PacketLab.Create();
        lab.Node.Run(() => RunOnNode(lab.InterfaceIndex).GetAwaiter().GetResult());
        foreach (var family in (int[])[4, 6])
        {
            report.AddBound(Label(family, "memory of a connection"), BytesOfConnection);
            report.AddRatio(Label(family, "sweep, 1M entries"), Label(family, "floor of a sweep, reading by the batch, 1M entries"), null, null);
            report.AddRatio(Label(family, "sweep, 1M entries"), Label(family, "floor of a sweep, in the kernel, 1M entries"), SweepOfTheFloor, SweepOfTheFloor);
            report.AddBound(Label(family, "dump, an entry"), NanosecondsOfDump);
        }

        report.AddBound("longest packet, sweep's part", MicrosecondsOfDelay);
        report.AddBound("load of all programs", MillisecondsOfLoad);
        foreach (var (name, _, _) in ProgramLoads.Measure())
        {
            report.AddBound(Verified(name), Instructions);
        }
    }

    private static string Label(int family, string what) => string.Create(CultureInfo.InvariantCulture, $"tables IPv{family}, {what}");

    private static string Verified(string program) => $"verified, {program}";

    private async Task RunOnNode(int interfaceIndex)
    {
        Libc.Pin(options.Cpu);
        using PacketGenerator generator = new(Hook.Tc, interfaceIndex);
        await using var tables = await FilledTables.CreateAsync(generator, options.Flows.Max() / 2 * 2);
        PacketDelay packets = new(generator, tables.Balancer.DataPlane.TcProgram, (options.Cpu + 1) % Environment.ProcessorCount, tables.Connections);
        MeasureMemory(tables);
        foreach (var family in (int[])[4, 6])
        {
            // The first pass of a process is an experience of its own.
            tables.Sweep(family);
            tables.SweepByReading(family);
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var family in (int[])[4, 6])
            {
                MeasurePasses(tables, family);
            }

            MeasureLoad();
            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"tables: round {round + 1} of {options.Rounds}"));
        }

        // Last: its new connections stay in the tables.
        for (var round = 0; round < options.Rounds; round++)
        {
            MeasureDelay(tables, packets);
        }
    }

    private void MeasureMemory(FilledTables tables)
    {
        Add(4, tables.Maps.Flow4.Map, tables.Maps.Embryos4.Map);
        Add(6, tables.Maps.Flow6.Map, tables.Maps.Embryos6.Map);

        void Add(int family, BpfMap flows, BpfMap embryos)
        {
            double connections = flows.MaxEntries / 2;
            report.Add(Label(family, "memory of a connection"), "bytes", flows.ReadMemoryBytes() / connections);
            report.Add(Label(family, "memory of a connection, those in the making included"), "bytes", (flows.ReadMemoryBytes() + embryos.ReadMemoryBytes()) / connections);
        }
    }

    private void MeasurePasses(FilledTables tables, int family)
    {
        report.Add(Label(family, "floor of a sweep, in the kernel, 1M entries"), "ms", PerEntry(tables, () => tables.Look(family)));
        var dump = PerEntry(tables, () => tables.Dump(family));
        report.Add(Label(family, "floor of a sweep, reading by the batch, 1M entries"), "ms", dump);
        report.Add(Label(family, "sweep, 1M entries"), "ms", PerEntry(tables, () => tables.Sweep(family)));
        report.Add(Label(family, "sweep that reads every entry, 1M entries"), "ms", PerEntry(tables, () => tables.SweepByReading(family)));
        report.Add(Label(family, "dump, an entry"), "ns", dump);
        report.Add(Label(family, "dump, rate"), "1000/s", 1e6 / dump);
    }

    /// <summary>CPU time of one entry in ns, which is that of a million in ms.</summary>
    private static double PerEntry(FilledTables tables, Action pass)
    {
        var before = Libc.ThreadCpuNanoseconds();
        pass();
        return (double)(Libc.ThreadCpuNanoseconds() - before) / tables.Entries;
    }

    private void MeasureLoad()
    {
        var loads = ProgramLoads.Measure();
        report.Add("load of all programs", "ms", loads.Sum(load => load.Milliseconds));
        foreach (var (name, milliseconds, instructions) in loads)
        {
            report.Add($"load, {name}", "ms", milliseconds);
            report.Add(Verified(name), "instructions", instructions);
        }
    }

    private void MeasureDelay(FilledTables tables, PacketDelay packets)
    {
        using ManualResetEventSlim never = new();
        var alone = packets.Beside(() => never.Wait(_delayTime));
        var beside = packets.Beside(() =>
        {
            for (var began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < _delayTime;)
            {
                tables.Balancer.SweepOnce();
            }
        });
        report.Add("longest packet, no sweep", "us", alone.Cpu);
        report.Add("longest packet, beside sweeps", "us", beside.Cpu);
        report.Add("longest packet, sweep's part", "us", Math.Max(0, beside.Cpu - alone.Cpu));
        report.Add("longest packet, no sweep, on the wall", "us", alone.Wall);
        report.Add("longest packet, beside sweeps, on the wall", "us", beside.Wall);
    }
}
