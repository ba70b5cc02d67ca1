namespace Loxi.Benchmarks.Packets;

/// <summary>What is compared with what, and how large it may be.</summary>
internal sealed partial class PacketBench
{
    private const double EstablishedGate = 1.25;
    private const double HotTcGate = 1.2;
    /// <summary>One flow on XDP is a few dozen ns, which two more branches are a tenth of.</summary>
    private const double HotXdpGate = 1.4;
    private const double NewGate = 1.4;
    /// <summary>The table that decides holds 100,000 flows. An empty one and a huge one are for information.</summary>
    private const uint NewGateFlows = 100_000;
    private const double FamilyGate = 1.3;
    private const double ModeGate = 1.25;
    private const double TunnelGate = 1.2;

    private void AddRatios(Hook hook)
    {
        foreach (var flows in options.Flows)
        {
            var established = flows > 1 ? EstablishedGate : hook == Hook.Tc ? HotTcGate : HotXdpGate;
            Ratio("loxi", 4, "floor", 4, "established", flows, established);
            if (hook == Hook.Xdp)
            {
                Ratio(BalancerDataPlane.Redirect, 4, FloorDataPlane.Variant(hook), 4, "established", flows, established);
                Ratio(BalancerDataPlane.Redirect, 4, "floor", 4, "established", flows, null);
            }
            else
            {
                Ratio("loxi", 4, FloorDataPlane.Variant(hook), 4, "established", flows, null);
            }

            var occupied = Occupied(flows);
            Ratio("loxi", 4, "floor", 4, "new at", occupied, occupied == NewGateFlows ? NewGate : null);
            report.AddRatio(
                Label(hook, SetupRow, 4, "at", occupied), Label(hook, "floor, beside the set-up", 4, "new at", occupied), occupied == NewGateFlows ? SetupGate : null, SetupGate);
            Ratio("loxi", 6, "loxi", 4, "established", flows, FamilyGate);
            Ratio("loxi", 6, "loxi", 4, "new at", occupied, FamilyGate);
            foreach (var mode in BalancedService.Modes)
            {
                AddModeRatios(hook, mode, flows);
            }
        }

        void Ratio(string what, int family, string by, int byFamily, string kind, uint flows, double? gate)
            => report.AddRatio(Label(hook, what, family, kind, flows), Label(hook, by, byFamily, kind, flows), gate, gate);
    }

    /// <summary>Rows that were not measured give no ratio.</summary>
    private void AddModeRatios(Hook hook, BalancedService mode, uint flows)
    {
        double? gate = mode.Gated ? ModeGate : null;
        // A tunnel has its own measure, which is the floor.
        Ratio(BalancedService.Default, mode.Family, "established", flows, mode.Tunnel ? null : gate);
        Ratio("floor", 4, "established", flows, mode.Tunnel ? TunnelGate : null);
        Ratio(FloorOfItsKind, mode.Family, "established", flows, null);
        Ratio(BalancedService.Default, mode.Family, "new at", Occupied(flows), gate);

        void Ratio(string by, int family, string kind, uint count, double? limit)
            => report.AddRatio(Label(hook, mode.Name, mode.Family, kind, count), Label(hook, Beside(by, mode), family, kind, count), limit, limit);
    }
}
