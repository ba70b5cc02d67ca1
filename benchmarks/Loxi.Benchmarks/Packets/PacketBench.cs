using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.Benchmarks.Reports;

namespace Loxi.Benchmarks.Packets;

/// <summary>
/// ns per packet of Loxi's programs beside the floor, in rounds: every round measures everything once, each program in turn
/// with the generator alone, which is subtracted. Absolute figures move between runs, ratios within a round hardly.
/// </summary>
internal sealed partial class PacketBench(BenchOptions options, Report report, TextWriter progress)
{
    private const int NewFlows = 50_000;
    /// <summary>A measurement is cut into as many pieces, and every program has its turn: the CPU is not equally fast from one second to the next.</summary>
    private const int Turns = 10;

    /// <summary>Entries for new flows: of connections in the making, which they are, the product keeps an eighth of its entries at most.</summary>
    private const uint Room = 1_000_000;

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

    /// <summary>Flows in the table when new ones come. With one flow there might as well be none.</summary>
    private static uint Occupied(uint flows) => flows == 1 ? 0 : flows;

    private void Measure(Hook hook, int interfaceIndex)
    {
        // Both directions of every flow, and the new ones on top.
        var entries = (options.Flows.Max() * 2) + Room;
        using PacketGenerator generator = new(hook, interfaceIndex);
        using FloorDataPlane floor = new(hook, entries, interfaceIndex);
        using BalancerDataPlane loxi = new(hook, entries, interfaceIndex);
        using BalancerDataPlane other = new(hook, entries, interfaceIndex);
        Subject[] subjects = [new(floor, BalancedService.Ipv4), new(loxi, BalancedService.Ipv4), new(loxi, BalancedService.Ipv6)];
        BalancedService[] modes = [.. BalancedService.Modes.Where(mode => mode.RunsOn(hook) && options.Modes.Contains(mode.Name))];
        Check(generator, hook, subjects, [.. modes.Select(mode => new Subject(other, mode))]);
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var flows in options.Flows)
            {
                Fill(generator, subjects, flows);
                MeasureEstablished(generator, subjects, hook, flows);
                foreach (var mode in modes.Where(mode => Measures(mode, flows)))
                {
                    MeasureMode(generator, floor, loxi, new(other, mode), hook, flows);
                }

                if (Occupied(flows) == 0)
                {
                    Clear(subjects);
                }

                MeasureSetup(generator, floor, loxi, hook, Occupied(flows));
                MeasureNew(generator, subjects, hook, Occupied(flows));
                Clear(subjects);
            }

            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"packets {hook}: round {round + 1} of {options.Rounds}"));
        }
    }

    private static void Fill(PacketGenerator generator, IEnumerable<Subject> subjects, uint flows)
    {
        foreach (var subject in subjects)
        {
            Clear(subject);
            subject.Plane.Fill(generator, subject.Service, flows);
        }
    }

    private static void Clear(IEnumerable<Subject> subjects)
    {
        foreach (var subject in subjects)
        {
            Clear(subject);
        }
    }

    /// <summary>Between the families the two directions are in different tables.</summary>
    private static void Clear(Subject subject)
    {
        subject.Plane.Clear(subject.Family);
        if (subject.Service.Crosses)
        {
            subject.Plane.Clear(subject.Service.EndpointFamily);
        }
    }

    /// <summary>Packets of flows that are in the tables.</summary>
    private void MeasureEstablished(PacketGenerator generator, Subject[] subjects, Hook hook, uint flows)
    {
        var programs = subjects.SelectMany(subject => subject.Plane.Established, (subject, program) => (subject.Service, Program: program)).ToList();
        var sums = new double[programs.Count];
        for (var turn = 0; turn < Turns; turn++)
        {
            for (var i = 0; i < programs.Count; i++)
            {
                var (service, program) = programs[i];
                sums[i] += generator.Net(program.Program, service.Open(flows), options.Repeat / Turns, program.Verdict, program.Across);
            }
        }

        for (var i = 0; i < programs.Count; i++)
        {
            report.Add(Label(hook, programs[i].Program.Name, programs[i].Service.Family, "established", flows), "ns", sums[i] / Turns);
        }
    }

    /// <summary>Packets that begin flows, on top of those that are in the tables. What it takes to insert one direction only is for information.</summary>
    private void MeasureNew(PacketGenerator generator, Subject[] subjects, Hook hook, uint occupied)
    {
        var floor = subjects.Select(subject => subject.Plane).OfType<FloorDataPlane>().Single();
        var sums = new double[subjects.Length];
        var oneWay = 0.0;
        for (var turn = 0; turn < Turns; turn++)
        {
            for (var i = 0; i < subjects.Length; i++)
            {
                var (plane, service) = subjects[i];
                sums[i] += generator.Net(plane.Connect, service.New(Next(occupied, turn), FlowSet.Syn), NewFlows / Turns, plane.Verdict);
            }

            oneWay += generator.Net(floor.ConnectOneWay, BalancedService.Ipv4.New(Next(occupied, Turns + turn), FlowSet.Syn), NewFlows / Turns, floor.Verdict);
        }

        for (var i = 0; i < subjects.Length; i++)
        {
            report.Add(Label(hook, subjects[i].Plane.Name, subjects[i].Family, "new at", occupied), "ns", sums[i] / Turns);
        }

        report.Add(Label(hook, "floor, one entry", 4, "new at", occupied), "ns", oneWay / Turns);
    }

    /// <summary>The first flow of a turn behind those that are in the table.</summary>
    private static uint Next(uint occupied, int turn) => occupied + (uint)(turn * (NewFlows / Turns));
}
