using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.Benchmarks.Reports;

namespace Loxi.Benchmarks.Packets;

/// <summary>
/// ns per packet of Loxi's programs beside the floor, in rounds: every round measures everything once, each program in turn
/// with the generator alone, which is subtracted. Absolute figures move between runs, ratios within a round hardly.
/// </summary>
internal sealed class PacketBench(BenchOptions options, Report report, TextWriter progress)
{
    private const int NewFlows = 50_000;
    /// <summary>A measurement is cut into as many pieces, and every program has its turn: the CPU is not equally fast from one second to the next.</summary>
    private const int Turns = 10;

    internal async Task RunAsync()
    {
        await using var lab = PacketLab.Create();
        foreach (var hook in options.Hooks)
        {
            lab.Node.Run(() =>
            {
                Libc.Pin(options.Cpu);
                Measure(hook, lab.InterfaceIndex);
            });
            AddRatios(hook);
        }
    }

    private static string Label(Hook hook, string what, int family, string kind, uint flows)
        => string.Create(CultureInfo.InvariantCulture, $"{hook.ToString().ToUpperInvariant()} {what} IPv{family} {kind} {flows}");

    private void Measure(Hook hook, int interfaceIndex)
    {
        // Both directions of every flow, and the new ones on top.
        var entries = (options.Flows.Max() * 2) + (NewFlows * 4);
        using PacketGenerator generator = new(hook, interfaceIndex);
        using FloorDataPlane floor = new(hook, entries, interfaceIndex);
        using BalancerDataPlane loxi = new(hook, entries, interfaceIndex);
        Subject[] subjects = [new(floor, 4), new(loxi, 4), new(loxi, 6)];
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var flows in options.Flows)
            {
                MeasureEstablished(generator, subjects, hook, flows);
                MeasureNew(generator, subjects, hook, flows == 1 ? 0 : flows);
            }

            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"packets {hook}: round {round + 1} of {options.Rounds}"));
        }
    }

    /// <summary>Fills the tables and measures packets of their flows.</summary>
    private void MeasureEstablished(PacketGenerator generator, Subject[] subjects, Hook hook, uint flows)
    {
        foreach (var (plane, family) in subjects)
        {
            plane.Clear(family);
            _ = generator.Run(plane.Connect, FlowSet.New(family, 0, plane.FillFlags), (int)flows, plane.Verdict);
        }

        var programs = subjects.SelectMany(subject => subject.Plane.Established, (subject, program) => (subject.Family, Program: program)).ToList();
        var nothing = Verdicts.Nothing(hook);
        var sums = new double[programs.Count];
        for (var turn = 0; turn < Turns; turn++)
        {
            for (var i = 0; i < programs.Count; i++)
            {
                var (family, (_, program, verdict, across)) = programs[i];
                var set = FlowSet.Established(family, flows);
                sums[i] += generator.Run(program, set, options.Repeat / Turns, verdict, across) - generator.Run(generator.Nothing, set, options.Repeat / Turns, nothing, across);
            }
        }

        for (var i = 0; i < programs.Count; i++)
        {
            report.Add(Label(hook, programs[i].Program.Name, programs[i].Family, "established", flows), "ns", sums[i] / Turns);
        }
    }

    /// <summary>Measures packets that begin flows, on top of those that are in the tables, and empties them.</summary>
    private void MeasureNew(PacketGenerator generator, Subject[] subjects, Hook hook, uint occupied)
    {
        var sums = new double[subjects.Length];
        if (occupied == 0)
        {
            Clear();
        }

        for (var turn = 0; turn < Turns; turn++)
        {
            for (var i = 0; i < subjects.Length; i++)
            {
                var (plane, family) = subjects[i];
                var set = FlowSet.New(family, occupied + (uint)(turn * NewFlows / Turns), FlowSet.Syn);
                sums[i] += generator.Run(plane.Connect, set, NewFlows / Turns, plane.Verdict) - generator.Run(generator.Nothing, set, NewFlows / Turns, Verdicts.Nothing(hook));
            }
        }

        Clear();
        for (var i = 0; i < subjects.Length; i++)
        {
            report.Add(Label(hook, subjects[i].Plane.Name, subjects[i].Family, "new at", occupied), "ns", sums[i] / Turns);
        }

        void Clear()
        {
            foreach (var (plane, family) in subjects)
            {
                plane.Clear(family);
            }
        }
    }

    private void AddRatios(Hook hook)
    {
        foreach (var flows in options.Flows)
        {
            var target = hook == Hook.Xdp ? 1.4 : flows == 1 ? 1.2 : 1.25;
            Ratio("loxi", 4, "floor", 4, "established", flows, 1.4, target);
            if (hook == Hook.Xdp)
            {
                Ratio(BalancerDataPlane.Redirect, 4, FloorDataPlane.Variant(hook), 4, "established", flows, 1.4, target);
                Ratio(BalancerDataPlane.Redirect, 4, "floor", 4, "established", flows, null, null);
            }
            else
            {
                Ratio("loxi", 4, FloorDataPlane.Variant(hook), 4, "established", flows, null, null);
            }

            var occupied = flows == 1 ? 0 : flows;
            Ratio("loxi", 4, "floor", 4, "new at", occupied, 1.6, 1.4);
            Ratio("loxi", 6, "loxi", 4, "established", flows, 1.3, 1.3);
            Ratio("loxi", 6, "loxi", 4, "new at", occupied, 1.3, 1.3);
        }

        void Ratio(string what, int family, string by, int byFamily, string kind, uint flows, double? gate, double? target)
            => report.AddRatio(Label(hook, what, family, kind, flows), Label(hook, by, byFamily, kind, flows), gate, target);
    }
}
