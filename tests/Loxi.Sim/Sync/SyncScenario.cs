using System.Collections.Immutable;

namespace Loxi.Sim.Sync;

/// <summary>One run of nodes that keep tables alike. Times in ms.</summary>
internal sealed record SyncScenario
{
    public required ulong Seed { get; init; }

    public required int Nodes { get; init; }

    /// <summary>All nodes make connections, not one of them.</summary>
    public required bool AllServe { get; init; }

    public required int LeastDelay { get; init; }

    public required int MostDelay { get; init; }

    public required int Backlog { get; init; }

    public required int Window { get; init; }

    /// <summary>Connections that are made, changed and closed in 1000 steps of 5 ms.</summary>
    public required int Busy { get; init; }

    public int HealAt => 15_000;

    /// <summary>Connections come back within a second; then two periods of sums (I10), and their answers.</summary>
    public int End => HealAt + 1_000 + (2 * DigestPeriod) + 500;

    public const int DigestPeriod = 1_000;

    public required ImmutableArray<SyncFault> Faults { get; init; }

    public static SyncScenario Of(ulong seed)
    {
        var random = SimRandom.For(seed, 500);
        var scenario = new SyncScenario
        {
            Seed = seed,
            Nodes = random.Below(3) == 0 ? 3 : 2,
            AllServe = random.Chance(350),
            LeastDelay = random.Below(3),
            MostDelay = 3 + random.Below(25),
            Backlog = random.Below(3) switch { 0 => 16, 1 => 100, _ => 4096 },
            Window = random.Below(3) switch { 0 => 8, 1 => 100, _ => 4096 },
            Busy = random.Below(3) switch { 0 => 100, 1 => 500, _ => 1500 },
            Faults = [],
        };
        // What a window lets through in a round trip is more than comes: else the lag has no bound.
        scenario = scenario with { Window = Math.Max(scenario.Window, scenario.Busy / 5) };
        var faults = new List<SyncFault>();
        for (var count = random.Between(0, 14); count > 0; count--)
        {
            var node = random.Below(scenario.Nodes);
            var kind = (SyncFaultKind)random.Below(Enum.GetValues<SyncFaultKind>().Length);
            faults.Add(new SyncFault(500 + random.Below(scenario.HealAt - 600), kind, node, (node + 1 + random.Below(scenario.Nodes - 1)) % scenario.Nodes, (int)random.Between(20, 3000)));
        }

        return scenario with { Faults = [.. faults.OrderBy(static f => f.At)] };
    }

    public string Describe() =>
        $"seed {Seed}: {Nodes} nodes, {(AllServe ? "all serve" : "one serves")}, delay {LeastDelay}-{MostDelay} ms, backlog {Backlog}, window {Window}, busy {Busy}";
}
