namespace Loxi.Benchmarks.Packets;

/// <summary>The other NAT modes, each beside destination NAT for the same clients.</summary>
internal sealed partial class PacketBench
{
    /// <summary>With more flows the misses of the caches, which all modes share, hide what a mode costs. That of the tunnels is wanted all the same.</summary>
    private const uint MostFlowsOfModes = 100_000;

    private static bool Measures(BalancedService mode, uint flows) => flows <= MostFlowsOfModes || mode.Tunnel;

    private const string FloorOfItsKind = "floor that changes the header's size";

    private static string Beside(string what, BalancedService mode) => $"{what}, beside {mode.Name},";

    /// <summary>
    /// The tables of destination NAT and the floor hold their flows already; the mode's are filled, and emptied again. Destination NAT is measured
    /// and the floor are measured once more in turn with each: only what is measured together can be compared.
    /// </summary>
    private void MeasureMode(PacketGenerator generator, FloorDataPlane floor, BalancerDataPlane loxi, Subject subject, Hook hook, uint flows)
    {
        var (plane, mode) = subject;
        var known = mode.Family == 4 ? BalancedService.Ipv4 : BalancedService.Ipv6;
        double own = 0, beside = 0, least = 0, resized = 0;
        Prefer(subject);
        Fill(generator, [subject], flows);
        for (var turn = 0; turn < Turns; turn++)
        {
            own += generator.Net(plane.Connect, mode.Open(flows), options.Repeat / Turns, plane.Verdict);
            beside += generator.Net(loxi.Connect, known.Open(flows), options.Repeat / Turns, loxi.Verdict);
            least += generator.Net(floor.Established[0].Program, BalancedService.Ipv4.Open(flows), options.Repeat / Turns, floor.Verdict);
            resized += mode.Resizes
                ? generator.Net(floor.OfItsKind(mode), known.Open(flows) with { Resizes = true }, options.Repeat / Turns, floor.Verdict)
                : 0;
        }

        report.Add(Label(hook, mode.Name, mode.Family, "established", flows), "ns", own / Turns);
        report.Add(Label(hook, Beside(known.Name, mode), mode.Family, "established", flows), "ns", beside / Turns);
        report.Add(Label(hook, Beside("floor", mode), 4, "established", flows), "ns", least / Turns);
        if (mode.Resizes)
        {
            report.Add(Label(hook, Beside(FloorOfItsKind, mode), mode.Family, "established", flows), "ns", resized / Turns);
        }

        MeasureNewOfMode(generator, subject, known, hook, Occupied(flows));
        Clear(subject);
    }

    /// <summary>Both in the table that holds the mode's flows.</summary>
    private void MeasureNewOfMode(PacketGenerator generator, Subject subject, BalancedService known, Hook hook, uint occupied)
    {
        var (plane, mode) = subject;
        double own = 0, beside = 0;
        if (occupied == 0)
        {
            Clear(subject);
        }

        for (var turn = 0; turn < Turns; turn++)
        {
            var next = Next(occupied, turn);
            own += generator.Net(plane.Connect, mode.New(next, FlowSet.Syn), NewFlows / Turns, plane.Verdict);
            beside += generator.Net(plane.Connect, known.New(next, FlowSet.Syn), NewFlows / Turns, plane.Verdict);
        }

        report.Add(Label(hook, mode.Name, mode.Family, "new at", occupied), "ns", own / Turns);
        report.Add(Label(hook, Beside(known.Name, mode), mode.Family, "new at", occupied), "ns", beside / Turns);
    }
}
