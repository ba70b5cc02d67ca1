using Loxi.Ha.Roles;

namespace Loxi.Sim;

/// <summary>What a run gave.</summary>
internal sealed record SimResult(string? Invariant, string? What, long At, ulong Hash, long Slowest, int Promotions, string Story);

/// <summary>Runs scenarios and makes failing ones small.</summary>
internal static class Simulator
{
    public static SimResult Run(Scenario scenario, RoleRules rules = RoleRules.All, SimSwitches switches = SimSwitches.None, Coverage? coverage = null, bool record = false)
    {
        var cluster = new Cluster(scenario, rules, switches, coverage ?? new Coverage(), record);
        cluster.Run();
        return new SimResult(cluster.Invariant, cluster.Violation, cluster.ViolationAt, cluster.Hash, cluster.Slowest, cluster.Promotions, cluster.Story);
    }

    /// <summary>I14: the same seed with and without its steps of wall clocks.</summary>
    public static SimResult? CheckClockSteps(Scenario scenario, SimResult result, RoleRules rules, SimSwitches switches)
    {
        if (result.What is not null || scenario.Faults.All(static f => f.Kind != FaultKind.WallStep))
        {
            return null;
        }

        var other = Run(scenario, rules, switches | SimSwitches.NoWallSteps);
        return other.Hash == result.Hash ? null : result with { Invariant = "I14", What = "roles change otherwise without the steps of wall clocks", At = scenario.End };
    }

    /// <summary>A smaller scenario that breaks the same invariant.</summary>
    /// <param name="scenario">The scenario that does.</param>
    /// <param name="fails">Whether a scenario does.</param>
    /// <param name="most">How many runs at most.</param>
    public static Scenario Shrink(Scenario scenario, Func<Scenario, bool> fails, int most = 2000)
    {
        var runs = 0;
        bool Try(Scenario smaller)
        {
            if (runs++ >= most || !fails(smaller))
            {
                return false;
            }

            scenario = smaller;
            return true;
        }

        for (var again = true; again && runs < most;)
        {
            again = false;
            for (var size = Math.Max(1, scenario.Faults.Length / 2); size >= 1; size /= 2)
            {
                for (var i = 0; i + size <= scenario.Faults.Length;)
                {
                    if (Try(scenario with { Faults = scenario.Faults.RemoveRange(i, size) }))
                    {
                        again = true;
                    }
                    else
                    {
                        i += size;
                    }
                }
            }

            foreach (var simpler in new Func<Scenario, Scenario>[]
            {
                static s => s with { Duplicates = 0 }, static s => s with { Lateness = 0 }, static s => s with { Drift = 0 }, static s => s with { MostDelay = s.LeastDelay }, static s => s with { Bfd = false },
                static s => s with { Damping = false }, static s => s with { Buffer = 256 }, static s => s with { Paths = 1, Faults = [.. s.Faults.Select(static f => f.Kind is FaultKind.BfdLies ? f with { Value = 0 } : f)] },
                static s => s.Nodes > 2 && s.Faults.All(f => f.Node < s.Nodes - 1 && f.Peer < s.Nodes - 1) ? s with { Nodes = s.Nodes - 1 } : s,
            })
            {
                var smaller = simpler(scenario);
                again |= smaller != scenario && Try(smaller);
            }

            for (var i = 0; i < scenario.Faults.Length; i++)
            {
                var fault = scenario.Faults[i];
                again |= fault.Length > scenario.Interval && Try(With(scenario, i, fault with { Length = fault.Length / 2 }));
            }
        }

        return scenario;
    }

    private static Scenario With(Scenario scenario, int index, Fault fault) => scenario with { Faults = scenario.Faults.SetItem(index, fault) };
}
