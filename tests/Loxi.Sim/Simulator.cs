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

    /// <summary>Runs a scenario, and again with what must change nothing: without its steps of wall clocks (I14), and with somebody who forges HELLOs (I12).</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="rules">The rules of the cores.</param>
    /// <param name="switches">Faults of their callers.</param>
    /// <param name="coverage">Counts what the first run does.</param>
    /// <param name="record">Tells the story of the first run.</param>
    /// <param name="forge">Whether I12 is looked at: it takes as long as the run itself.</param>
    public static SimResult Judge(Scenario scenario, RoleRules rules = RoleRules.All, SimSwitches switches = SimSwitches.None, Coverage? coverage = null, bool record = false, bool forge = false)
    {
        var result = Run(scenario, rules, switches, coverage, record);
        if (result.What is null && scenario.Faults.Any(static f => f.Kind == FaultKind.WallStep) && Run(scenario, rules, switches | SimSwitches.NoWallSteps).Hash != result.Hash)
        {
            return result with { Invariant = "I14", What = "roles change otherwise without the steps of wall clocks", At = scenario.End };
        }

        if (result.What is null && forge && Run(scenario, rules, switches | SimSwitches.Forger).Hash != result.Hash)
        {
            return result with { Invariant = "I12", What = "roles change otherwise when somebody without the key sends HELLOs", At = scenario.End };
        }

        return result;
    }

    /// <summary>Whether I12 is looked at with a seed: with one of eight.</summary>
    public static bool Forges(ulong seed) => seed % 8 == 0;

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
